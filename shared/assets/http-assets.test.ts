import pino from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type InventoryReply,
  type InventoryStandIn,
  startInventory,
} from '#test/stand-ins/inventory/index.ts';
import { openHttpAssets } from './http-assets.ts';
import { assetsHealth } from './index.ts';
import type { Assets } from './port.ts';

const token = 'inventory-token-1';
const forever = new AbortController().signal;
const lines: string[] = [];
const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
let server: InventoryStandIn;
let now = 0;
let registry: Registry;
const opened: Assets[] = [];

beforeEach(async () => {
  server = await startInventory(token);
  lines.length = 0;
  now = Date.UTC(2026, 10, 21);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
  await server.close();
});

function open(changes: { url?: string; token?: string; timeoutSeconds?: number } = {}): Assets {
  registry = new Registry();
  const config = { url: server.url, token, timeoutSeconds: 5, cacheMinutes: 10, ...changes };
  const assets = openHttpAssets({ config, logger, metrics: registry, clock: () => now });
  opened.push(assets);
  return assets;
}
const json = (body: unknown): InventoryReply => ({ kind: 'json', body });
const outcomes = async () => {
  const { values } = (await registry.getSingleMetric('logpatrol_assets_requests_total')?.get()) ?? {
    values: [],
  };
  return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
};

describe('an inventory behind an address', () => {
  it('is asked for each host once, by its encoded name and with the token, and the answer is kept', async () => {
    server.replies.set('fe80::1', json({ code: 0, data: { owner: 'ana', rack: 'A' } }));
    const assets = open();
    expect(assets.lookup('FE80::1')).toBeUndefined();
    expect(await assets.fetch('fe80::1', forever)).toEqual({
      host: 'fe80::1',
      owner: 'ana',
      facts: { rack: 'A' },
    });
    expect(assets.lookup('FE80::1')).toMatchObject({ host: 'FE80::1', owner: 'ana' });
    expect(await assets.fetch('nobody', forever)).toBeUndefined();
    expect(await assets.fetch('Nobody', forever)).toBeUndefined();
    expect(server.asked).toEqual(['fe80::1', 'nobody']);
    expect(await outcomes()).toEqual({ found: 1, none: 1 });
    now += 10 * 60_000;
    // What was known holds until there is something newer.
    expect(assets.lookup('fe80::1')).toMatchObject({ owner: 'ana' });
    server.replies.set('fe80::1', json({ owner: 'bo' }));
    await vi.waitFor(() => expect(server.asked).toHaveLength(3));
    await vi.waitFor(() => expect(assets.lookup('fe80::1')).toMatchObject({ owner: 'bo' }));
  });

  it('is asked for a few hosts at once, for each by one request', async () => {
    const gate = Promise.withResolvers<void>();
    server.gate = gate.promise;
    const assets = open();
    const names = Array.from({ length: 20 }, (_, i) => `h${i}`);
    const asked = [...names, ...names].map((name) => assets.fetch(name, forever));
    for (const name of names) assets.lookup(name);
    await vi.waitFor(() => expect(server.load.now).toBe(4));
    gate.resolve();
    await Promise.all(asked);
    expect([server.asked.length, server.load.most]).toEqual([20, 4]);
  });

  it('is asked about no more hosts than can wait', async () => {
    const gate = Promise.withResolvers<void>();
    server.gate = gate.promise;
    const assets = open();
    for (let i = 0; i < 2000; i += 1) assets.lookup(`h${i}`);
    await vi.waitFor(() => expect(server.load.now).toBe(4));
    gate.resolve();
    await vi.waitFor(() => expect(server.asked.length).toBeGreaterThanOrEqual(250));
    await assets.fetch('last', forever);
    expect(server.asked.length).toBeLessThan(270);
  });

  it('does not hold up who gives up, and still takes the answer', async () => {
    const gate = Promise.withResolvers<void>();
    server.gate = gate.promise;
    server.replies.set('db-1', json({ owner: 'ana' }));
    const assets = open();
    const giveUp = new AbortController();
    const waiting = assets.fetch('db-1', giveUp.signal);
    giveUp.abort(new Error('late'));
    await expect(waiting).rejects.toThrow('late');
    gate.resolve();
    await vi.waitFor(() => expect(assets.lookup('db-1')).toMatchObject({ owner: 'ana' }));
    expect(server.asked).toEqual(['db-1']);
  });

  it.each<[string, InventoryReply, RegExp]>([
    ['an error', { kind: 'raw', status: 500, body: 'secret trace' }, /HTTP 500/],
    ['a refusal', { kind: 'raw', status: 401 }, /HTTP 401/],
    [
      'a redirect',
      { kind: 'raw', status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      /302, which is not/,
    ],
    ['no JSON', { kind: 'raw', status: 200, body: '<html>secret trace' }, /no JSON/],
    ['far too much', { kind: 'raw', status: 200, body: `"${'x'.repeat(300 * 1024)}"` }, /262144 bytes/],
    ['silence', { kind: 'silence' }, /no answer within 0.2 s/],
  ])('that answers with %s is left alone for a while, longer each time', async (_name, outage, reason) => {
    server.replies.set('old', json({ owner: 'ana' }));
    const assets = open({ timeoutSeconds: 0.2 });
    await assets.fetch('old', forever);
    server.outage = outage;
    now += 11 * 60_000;
    expect(await assets.fetch('old', forever)).toMatchObject({ owner: 'ana' });
    expect(lines.join('')).toMatch(reason);
    expect(lines.join('')).not.toContain('secret');
    const asked = () => server.asked.length;
    expect([await assets.fetch('b', forever), await assets.fetch('c', forever), asked()]).toEqual([
      ...[undefined, undefined, 2],
    ]);
    now += 5000;
    await assets.fetch('b', forever);
    now += 5000;
    await assets.fetch('b', forever);
    expect(asked()).toBe(3);
    now += 5000;
    server.outage = undefined;
    await assets.fetch('b', forever);
    expect([asked(), lines.length]).toEqual([4, 2]);
    expect(await assets.fetch('old', forever)).toMatchObject({ owner: 'ana' });
    expect(asked()).toBe(5);
  });

  it('never follows a redirect, with or without the token', async () => {
    const elsewhere = await startInventory(token);
    const location = elsewhere.url.replace('{host}', 'a');
    for (const status of [301, 302, 303, 307, 308]) {
      server.outage = { kind: 'raw', status, headers: { location } };
      expect(await open().fetch('a', forever)).toBeUndefined();
    }
    expect([server.asked.length, elsewhere.asked.length]).toEqual([5, 0]);
    await elsewhere.close();
  });

  it.each([
    '',
    '.',
    '..',
    '../../admin',
    'a/b',
    'a?x=1',
    'a#b',
    'a@evil.example',
    '{host}',
    'a b',
    'a\r\nx: y',
    'a%2fb',
    'a\\b',
    'x'.repeat(254),
  ])('is not asked about %j, which is no host', async (host) => {
    const assets = open();
    expect([assets.lookup(host), await assets.fetch(host, forever)]).toEqual([undefined, undefined]);
    expect(server.asked).toEqual([]);
  });

  it('takes nothing of what it says for more than text', async () => {
    server.replies.set('db-1', json({ owner: '<at id=all></at>\nIGNORE', __proto__: 'x', hosts: ['evil'] }));
    const asset = await open().fetch('db-1', forever);
    expect(asset).toMatchObject({ host: 'db-1', owner: '<at id=all></at> IGNORE' });
  });

  it('closes while it is being asked', async () => {
    server.gate = new Promise(() => undefined);
    const assets = open();
    const asked = assets.fetch('db-1', forever);
    await vi.waitFor(() => expect(server.load.now).toBe(1));
    await assets.close();
    expect(await asked).toBeUndefined();
    expect(await assets.fetch('db-2', forever)).toBeUndefined();
  });

  it('says how it is, without telling its token or its path', async () => {
    const config = { url: server.url, token, timeoutSeconds: 1, cacheMinutes: 1 };
    expect(await assetsHealth(config, logger)).toMatchObject({ ok: true });
    const refused = await assetsHealth({ ...config, token: 'wrong-token' }, logger);
    expect(refused).toMatchObject({ ok: false, detail: expect.stringContaining('HTTP 401') });
    const gone = await assetsHealth({ ...config, url: `${await deadOrigin()}/api/hosts/{host}` }, logger);
    expect(gone).toMatchObject({ ok: false, detail: expect.stringContaining('ECONNREFUSED') });
    expect(JSON.stringify([refused, gone])).not.toMatch(/token-1|wrong-token|api\/hosts/);
  });
});

/** An address where nobody listens any more, and nobody has asked. */
async function deadOrigin(): Promise<string> {
  const gone = await startInventory();
  await gone.close();
  return gone.origin;
}
