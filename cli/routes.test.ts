import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sampleFinding } from '#test/samples/finding.ts';
import { runCli, startCli } from './testing/spawn-cli.ts';

vi.setConfig({ testTimeout: 120_000 });

const night = { times: [{ from: '22:00', to: '06:00', timeZone: 'UTC' }] };
const config = {
  channels: Object.fromEntries(['day', 'owl', 'fang'].map((name) => [name, { type: 'console' }])),
  people: { fang: { name: '王芳', channel: 'fang' }, li: { name: '李雷', from: 'critical' } },
  routing: {
    channel: 'day',
    tell: ['fang', 'li'],
    routes: [{ name: 'nights', when: night, channel: 'owl', escalate: [{ afterMinutes: 15, tell: ['li'] }] }],
  },
};
const finding = sampleFinding({ id: 'f1', service: 'shop\u001b[31m', severity: 'warning' });

let cwd: string;
const run = (...args: string[]) => runCli(args, { cwd });
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'logpatrol-routes-'));
  writeFileSync(join(cwd, 'logpatrol.yaml'), JSON.stringify(config));
  writeFileSync(join(cwd, 'one.json'), JSON.stringify(finding, null, 2));
  writeFileSync(
    join(cwd, 'two.ndjson'),
    `${JSON.stringify(finding)}\n${JSON.stringify({ ...finding, id: 'f2' })}\n`,
  );
  writeFileSync(join(cwd, 'bad.ndjson'), `${JSON.stringify(finding)}\n{"id":7}\n`);
  writeFileSync(join(cwd, 'shop.log'), '');
});
afterAll(() => rmSync(cwd, { recursive: true }));

describe('routes explain', () => {
  it('shows the tree, and who is told and who not, at that hour', async () => {
    const by = await run('routes', 'explain', 'one.json', '--at', '2026-11-21T23:00Z');
    expect(by).toMatchObject({ code: 0, err: '' });
    expect(by.out).toContain('+ nights: fits, and is taken');
    expect(by.out).toContain('times: yes, wanted every day 22:00–06:00 UTC; it is sat 23:00 UTC\n');
    expect(by.out).toContain('It goes by nights:\n  channel: owl (console), whose card people work on\n');
    expect(by.out).toContain('not told: 李雷 (li): 李雷 is told from critical on (the configuration)');
    expect(by.out).toContain('nobody has taken it on after 15 min: owl');
    expect(by.out).not.toContain('\u001b');
    const noon = await run('routes', 'explain', 'one.json', '--at', '2026-11-21T12:00Z');
    expect(noon.out).toContain('- nights: does not fit');
    expect(noon.out).toContain('It goes by (root):\n  channel: day (console)');
  });

  it('says where a file has none', async () => {
    expect(await run('routes', 'explain', 'shop.log', '--format', 'ndjson')).toEqual({
      ...{ code: 0, out: '', err: 'logpatrol: there is no finding in shop.log\n' },
    });
  });

  it('gives programs the same, of each finding of a file', async () => {
    const by = await run(
      'routes',
      'explain',
      'two.ndjson',
      '--at',
      '2026-11-21T23:00Z',
      '--format',
      'ndjson',
    );
    const explained = by.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(explained.map((one) => [one.finding.id, one.destinations[0].channels])).toEqual([
      ['f1', ['owl']],
      ['f2', ['owl']],
    ]);
  });

  it('says what is no finding', async () => {
    expect(await run('routes', 'explain', 'bad.ndjson')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^logpatrol: bad\.ndjson: entry 2 is no finding: [^\n]+\n$/),
    });
  });
});

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(typeof address === 'object' ? address?.port : '');
}

describe('preferences', () => {
  it('are set where nobody runs, and explained', async () => {
    const tell = (...args: string[]) => run('preferences', ...args);
    expect((await tell('list')).out).toMatch(/\nfang +王芳 +from warning on +configuration\n/);
    expect(await tell('set', 'fang', '--from', 'critical', '--by', 'ana')).toMatchObject({
      code: 0,
      out: 'fang is told from critical on\n',
      err: '',
    });
    expect((await tell('set', 'li', '--not')).out).toBe('li is not told\n');
    const all = JSON.parse((await tell('list', '--format', 'json')).out);
    expect(all).toMatchObject([
      { who: 'fang', tell: true, from: 'critical', source: 'preference', by: 'ana' },
      { who: 'li', tell: false, source: 'preference' },
    ]);
    const explained = await run('routes', 'explain', 'one.json', '--format', 'json');
    expect(explained).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(explained.out)[0].destinations[0].people).toMatchObject([
      { who: 'fang', isTold: false, why: expect.stringContaining('their own preference') },
      { who: 'li', isTold: false },
    ]);
    for (const who of ['fang', 'li']) expect(await tell('reset', who)).toMatchObject({ code: 0, err: '' });
    expect(await tell('reset', 'li')).toMatchObject({
      code: 2,
      err: expect.stringContaining('nothing of their own'),
    });
    expect(await tell('set', 'eve', '--not')).toMatchObject({
      code: 2,
      err: 'logpatrol: there is nobody "eve" under people or teams; there are fang, li\n',
    });
  });

  it('are set by the process that runs', async () => {
    const env = { LOGPATROL_HTTP_PORT: await freePort(), LOGPATROL_LANGUAGE: 'en' };
    const up = startCli(['up', 'shop.log'], { cwd, env });
    try {
      await vi.waitFor(() => expect(up.err()).toContain('logpatrol watches shop.log'), { timeout: 60_000 });
      const tell = (...args: string[]) => runCli(['preferences', ...args], { cwd, env });
      expect(await tell('set', 'fang', '--from', 'critical')).toMatchObject({ code: 0, err: '' });
      expect((await tell('list')).out).toMatch(/\nfang +王芳 +from critical on +preference, by /);
      expect(await tell('reset', 'fang')).toMatchObject({ code: 0, err: '' });
      expect(await tell('reset', 'fang')).toMatchObject({
        code: 2,
        err: 'logpatrol: fang has said nothing of their own\n',
      });
    } finally {
      up.child.kill('SIGTERM');
      await up.code;
    }
  });
});
