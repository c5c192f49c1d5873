import { createServer } from 'node:http';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { deadUrl } from '#test/stand-ins/dead-url.ts';
import { heartbeatAddress, sendHeartbeat } from './heartbeat.ts';
import { drillLine, drillRecord, planDrill } from './index.ts';
import { drillMetrics } from './metrics.ts';
import type { DrillReport } from './report.ts';

describe('a plan', () => {
  const plan = (over: object) => planDrill(ConfigSchema.parse(over));

  it('takes the first type that is looked at for drills, the operator channel, and an id of its own', () => {
    const over = {
      routes: { quiet: { packs: ['nginx'] }, app: {}, syslog: {} },
      channels: { first: { type: 'console' }, ops: { type: 'console' } },
      operator: { channel: 'ops' },
    };
    expect(plan(over)).toMatchObject({ type: 'app', channel: 'ops', severity: 'warning', timeoutMs: 60_000 });
    expect(plan({ ...over, operator: {} }).channel).toBe('first');
    expect(plan({ ...over, drill: { channel: 'first', type: 'syslog' } })).toMatchObject({
      channel: 'first',
      type: 'syslog',
    });
    expect(plan(over).id).not.toBe(plan(over).id);
  });

  it.each([
    ['names a type without a route', { drill: { type: 'none' } }, /there is no route "none"/],
    [
      'names a type that leaves the rules out',
      { routes: { app: { packs: ['nginx'] } }, drill: { type: 'app' } },
      /routes\.app\.packs leaves out/,
    ],
    ['finds no type', { routes: { app: { packs: ['nginx'] } } }, /no route looks with the rule pack/],
  ])('that %s is refused', (_, over, message) => {
    expect(() => plan(over)).toThrow(
      expect.objectContaining({ kind: 'invalid-config', message: expect.stringMatching(message) }),
    );
  });

  it('must name a channel that is there', () => {
    const { error } = ConfigSchema.safeParse({ drill: { channel: 'none' } });
    expect(error?.issues).toMatchObject([{ path: ['drill', 'channel'] }]);
  });

  it('writes both lines to one key', () => {
    const one = plan({});
    expect(drillRecord(one, 'begin', 0).key).toBe(drillRecord(one, 'end', 0).key);
  });
});

describe('the monitor outside', () => {
  const settings = (
    heartbeatUrl: string,
    heartbeatFailure: 'none' | 'fail-path' | 'status-down' = 'none',
  ) => ({
    heartbeatUrl,
    heartbeatFailure,
  });

  it.each([
    ['none', true, 'https://hc.example.com/s3cret?a=1'],
    ['none', false, undefined],
    ['fail-path', false, 'https://hc.example.com/s3cret/fail?a=1'],
    ['fail-path', true, 'https://hc.example.com/s3cret?a=1'],
    ['status-down', false, 'https://hc.example.com/s3cret?a=1&status=down'],
  ] as const)('with %s, through: %s', (failure, ok, expected) => {
    const address = heartbeatAddress(settings('https://hc.example.com/s3cret?a=1', failure), ok);
    expect(address?.href).toBe(expected);
  });

  it('is asked by GET, and what it refuses is told without its path', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(request.url === '/gone' ? 404 : 200).end('OK');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const { signal } = new AbortController();
    expect(await sendHeartbeat(settings(`${url}/s3cret`), true, signal)).toBeUndefined();
    expect(await sendHeartbeat(settings(`${url}/gone`), true, signal)).toMatch(/answers HTTP 404$/);
    expect(asked).toEqual(['GET /s3cret', 'GET /gone']);
    server.close();
  });

  it('that cannot be reached is told', async () => {
    const told = await sendHeartbeat(
      settings(`${await deadUrl()}/s3cret`),
      true,
      new AbortController().signal,
    );
    expect(told).toContain('ECONNREFUSED');
    expect(told).not.toContain('s3cret');
  });
});

const report: DrillReport = {
  ...{ id: 'x', outcome: 'accepted', startedAt: new Date(0).toISOString(), timeoutSeconds: 60 },
  ...{ type: 'app', severity: 'warning', channel: 'ops' },
  hops: [
    { name: 'line', at: new Date(1).toISOString(), sinceLineMs: 1, sinceBeforeMs: 1, detail: '' },
    { name: 'delivery', at: new Date(250).toISOString(), sinceLineMs: 250, sinceBeforeMs: 249, detail: '' },
  ],
};

describe('metrics', () => {
  it('say nothing before the first drill: 0 would be an alert at each start', async () => {
    const registry = new Registry();
    drillMetrics(registry);
    expect(await registry.metrics()).not.toMatch(/^logpatrol_drill/m);
  });

  it('have each hop of the last drill, and when one last came through', async () => {
    const registry = new Registry();
    const note = drillMetrics(registry);
    note(report, 5000);
    note({ ...report, outcome: 'failed', hops: report.hops.slice(0, 1) }, 9000);
    const text = await registry.metrics();
    expect(text).toContain('logpatrol_drill_seconds{hop="line"} 0.001');
    expect(text).not.toContain('hop="delivery"');
    expect(text).toContain('logpatrol_drill_last_success_timestamp_seconds 5');
    expect(text).toContain('logpatrol_drill_ok 0');
  });
});

it('is told of in a line', () => {
  expect(drillLine(report)).toBe('drill x: accepted by ops after 250 ms');
  const failure = { hop: 'message' as const, why: 'w', remedy: 'r', anchor: 'group-without-member' };
  expect(drillLine({ ...report, failure })).toMatch(
    /message in the outbox is missing: w; r \(.*#group-without-member\)$/,
  );
});
