import { connect } from 'node:net';
import pino from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DependencyHealth } from '#shared/bus/port.ts';
import { busMetrics } from './metrics.ts';
import { probes } from './probes.ts';
import { type HttpServer, serve } from './serve.ts';

let ailments: string[] = [];
let dependencies: DependencyHealth[] = [];
let server: HttpServer;
let metricsToken: string | undefined;
const registry = new Registry();
const silent = pino({ level: 'silent' });
const observer = busMetrics(registry);

beforeEach(async () => {
  ailments = [];
  dependencies = [];
  const health = { ailments: () => ailments, readiness: async () => dependencies };
  server = await serve(probes({ health, registry, metricsToken }), { host: '127.0.0.1', port: 0 }, silent);
});
afterEach(() => server.close());

const get = (path: string, init?: RequestInit) => fetch(server.url + path, init);

describe('/healthz', () => {
  it('is 200 while nothing ails, and 503 with the reasons', async () => {
    expect((await get('/healthz')).status).toBe(200);
    ailments = ['the service tail ended: x'];
    const response = await get('/healthz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ live: false, ailments });
  });
});

describe('/readyz', () => {
  it('is 503 until every dependency is well', async () => {
    expect((await get('/readyz')).status).toBe(503);
    dependencies = [{ name: 'bus', ok: true, detail: '' }];
    expect((await get('/readyz')).status).toBe(200);
    dependencies = [...dependencies, { name: 'store', ok: false, detail: 'away', remedy: 'start it' }];
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ ready: false, dependencies });
  });
});

describe('/metrics', () => {
  it('tells what happened on the bus', async () => {
    const where = { group: 'detect', topic: 'logs.app', partition: 2 };
    observer.batch?.({ ...where, records: 10, bytes: 2500, lag: 7, durationMs: 20 });
    observer.transaction?.({ group: 'detect', partition: 2, records: 3, durationMs: 4, failed: false });
    observer.transaction?.({ group: 'detect', partition: 2, records: 5, durationMs: 4, failed: true });
    observer.takeover?.({ group: 'detect', partition: 2, durationMs: 100, stateRecords: 1 });
    observer.deadLetter?.({ group: 'detect', topic: 'logs.app', reason: 'not JSON' });
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    const text = await response.text();
    for (const line of [
      'logpatrol_bus_records_total{group="detect",topic="logs.app"} 10',
      'logpatrol_bus_lag_records{group="detect",topic="logs.app",partition="2"} 7',
      'logpatrol_bus_batch_seconds_sum{group="detect",topic="logs.app"} 0.02',
      'logpatrol_bus_transaction_seconds_count{group="detect",outcome="failed"} 1',
      'logpatrol_bus_published_records_total{group="detect"} 3',
      'logpatrol_bus_takeover_seconds_sum{group="detect"} 0.1',
      'logpatrol_bus_dead_letters_total{group="detect",topic="logs.app"} 1',
    ])
      expect(text).toContain(line);
  });
});

describe('with a token of metrics', () => {
  beforeEach(async () => {
    dependencies = [{ name: 'bus', ok: true, detail: 'kafka-1:9092' }];
    const health = { ailments: () => ailments, readiness: async () => dependencies };
    await server.close();
    const app = probes({ health, registry, metricsToken: 'a-token-of-metrics' });
    server = await serve(app, { host: '127.0.0.1', port: 0 }, silent);
  });
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  it.each<[string, RequestInit | undefined]>([
    ['none', undefined],
    ['another', bearer('a-token-of-metric')],
    ['another scheme', { headers: { authorization: 'Basic a-token-of-metrics' } }],
  ])('%s sees neither metrics nor details', async (_name, init) => {
    const metrics = await get('/metrics', init);
    expect([metrics.status, metrics.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await metrics.text()).not.toContain('logpatrol_');
    const ready = await get('/readyz', init);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true }]);
    dependencies = [];
    expect((await get('/readyz', init)).status).toBe(503);
    expect((await get('/healthz', init)).status).toBe(200);
  });

  it('the right one sees both', async () => {
    const right = bearer('a-token-of-metrics');
    expect(await (await get('/metrics', right)).text()).toContain('logpatrol_');
    expect(await (await get('/readyz', right)).json()).toEqual({ ready: true, dependencies });
  });
});

describe('/readyz asked by many', () => {
  it('asks the dependencies once', async () => {
    let asked = 0;
    const { promise, resolve } = Promise.withResolvers<DependencyHealth[]>();
    const readiness = () => {
      asked += 1;
      return promise;
    };
    await server.close();
    const app = probes({ health: { ailments: () => [], readiness }, registry, metricsToken: undefined });
    server = await serve(app, { host: '127.0.0.1', port: 0 }, silent);
    const answers = Array.from({ length: 20 }, () => get('/readyz'));
    // All of them have been sent once this one, sent last, is answered.
    expect((await get('/healthz')).status).toBe(200);
    resolve([{ name: 'bus', ok: true, detail: '' }]);
    for (const answer of answers) expect((await answer).status).toBe(200);
    expect(asked).toBeLessThan(20);
    expect((await get('/readyz')).status).toBe(200);
  });
});

describe('what is refused', () => {
  it.each(['/healthz', '/readyz', '/metrics'])('%s but by GET and HEAD', async (path) => {
    const posted = await get(path, { method: 'POST', body: 'x' });
    expect(posted.status).toBe(405);
    expect(posted.headers.get('allow')).toBe('GET, HEAD');
    expect((await get('/healthz', { method: 'HEAD' })).status).toBe(200);
  });

  it('a GET with a body', async () => {
    const { hostname, port } = new URL(server.url);
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = connect(Number(port), hostname, () =>
      socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello'),
    );
    socket.on('data', (data) => resolve(data.toString()));
    expect(await promise).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });
});

it('answers with secure headers, and is not cached', async () => {
  const { headers } = await get('/readyz');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
  expect(headers.get('cache-control')).toBe('no-store');
});

describe('a port', () => {
  it('in use is one clear line', async () => {
    const { port } = new URL(server.url);
    const second = serve(
      probes({
        health: { ailments: () => [], readiness: async () => [] },
        registry,
        metricsToken: undefined,
      }),
      {
        host: '127.0.0.1',
        port: Number(port),
      },
      silent,
    );
    await expect(second).rejects.toMatchObject({
      kind: 'unusable-environment',
      exitCode: 78,
      message: expect.stringContaining(`port ${port} on 127.0.0.1 is in use`),
    });
  });

  it('on an address that is not ours too', async () => {
    const second = serve(
      probes({
        health: { ailments: () => [], readiness: async () => [] },
        registry,
        metricsToken: undefined,
      }),
      {
        host: '192.0.2.1',
        port: 0,
      },
      silent,
    );
    await expect(second).rejects.toMatchObject({ message: expect.stringContaining('EADDRNOTAVAIL') });
  });
});
