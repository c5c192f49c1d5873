import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, openGateway, type TestGateway } from './testing/open-gateway.ts';

const token = 'a-token-of-the-test';
let gateway: TestGateway;
let now: number;
afterEach(() => gateway.close());

async function serve(http: Record<string, unknown> = {}): Promise<void> {
  now = Date.parse('2026-11-21T12:00:00Z');
  gateway = await openGateway({ http: { token, ...http } }, () => now);
}

function ask(headers: Record<string, string> = {}, path = '/api/controls'): Promise<Answer> {
  return gateway.ask('GET', path, { headers: { authorization: `Bearer ${token}`, ...headers } });
}
const from = (forwarded: string) => ask({ 'x-forwarded-for': forwarded });

describe('limits', () => {
  it('of an address: then 429, and when to come again', async () => {
    await serve({ limits: { perAddress: 3 } });
    for (let time = 0; time < 3; time++) expect((await ask()).status).toBe(200);
    now += 20_000;
    const refused = await ask();
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '40']);
    expect(refused.headers['x-content-type-options']).toBe('nosniff');
    // Who watches it still sees it.
    expect((await ask({}, '/healthz')).status).toBe(200);
    now += 40_000;
    expect((await ask()).status).toBe(200);
  });

  it('of a caller, wherever they ask from; another is not touched', async () => {
    await serve({
      limits: { perCaller: 2 },
      trustedProxies: ['127.0.0.1'],
      tokens: [{ name: 'bot', token: 'a-token-of-the-bot', role: 'viewer' }],
    });
    const statuses = [];
    for (const address of ['203.0.113.1', '203.0.113.2', '203.0.113.3'])
      statuses.push((await from(address)).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await ask({ authorization: 'Bearer a-token-of-the-bot' })).status).toBe(200);
  });

  it('counts those without a token too, also at /feishu', async () => {
    await serve({ limits: { perAddress: 2 } });
    const statuses = [];
    for (let time = 0; time < 3; time++) statuses.push((await ask({ authorization: 'Bearer x' })).status);
    expect(statuses).toEqual([401, 401, 429]);
    for (let time = 0; time < 2; time++) expect((await ask({}, '/feishu/a/events')).status).toBe(404);
    expect((await ask({}, '/feishu/a/events')).status).toBe(429);
  });

  it('takes the addresses of one IPv6 network for one', async () => {
    await serve({ limits: { perAddress: 2 }, trustedProxies: ['127.0.0.0/8'] });
    const statuses = [];
    for (const address of ['2001:db8::1', '2001:db8:0:0:ffff::2', '2001:db8::3', '2001:db8:0:1::1'])
      statuses.push((await from(address)).status);
    expect(statuses).toEqual([200, 200, 429, 200]);
  });
});

describe('X-Forwarded-For', () => {
  const seen = async (http: Record<string, unknown>, forwarded: string): Promise<string | undefined> => {
    await serve(http);
    const body = JSON.stringify({ kind: 'silence', scope: { service: 'shop' }, by: 'ana' });
    const headers = { 'x-forwarded-for': forwarded, 'content-type': 'application/json' };
    await gateway.ask('POST', '/api/controls', {
      headers: { ...headers, authorization: `Bearer ${token}` },
      body,
    });
    return (await gateway.audit())[0]?.address;
  };

  it.each<[string, string[], string, string]>([
    ['is not believed by itself', [], '203.0.113.7', '127.0.0.1'],
    ['is not believed of another than the proxies', ['10.0.0.0/8'], '203.0.113.7', '127.0.0.1'],
    ['is believed of a proxy', ['127.0.0.1'], '203.0.113.7', '203.0.113.7'],
    ['is not believed beyond what the proxy wrote', ['127.0.0.1'], '10.9.9.9, 203.0.113.7', '203.0.113.7'],
    [
      'is followed through several',
      ['127.0.0.0/8', '10.0.0.0/8'],
      '198.51.100.1, 203.0.113.7, 10.1.2.3',
      '203.0.113.7',
    ],
    ['may have a port', ['127.0.0.1'], '203.0.113.7:5123', '203.0.113.7'],
    ['may be IPv6', ['127.0.0.1'], '[2001:db8::1]:443', '2001:db8::1'],
    ['may name IPv4 as IPv6', ['127.0.0.1'], '::ffff:203.0.113.7', '203.0.113.7'],
    ['of no address is none', ['127.0.0.1'], 'unknown', '127.0.0.1'],
    ['of proxies alone ends at the last', ['127.0.0.1', '10.0.0.0/8'], '10.0.0.1', '10.0.0.1'],
  ])('%s', async (_name, trustedProxies, forwarded, address) => {
    expect(await seen({ trustedProxies }, forwarded)).toBe(address);
  });

  it('of a proxy that is believed makes nobody a person on this machine', async () => {
    await serve({ token: undefined, trustedProxies: ['127.0.0.1'] });
    expect((await from('127.0.0.1')).status).toBe(403);
  });
});

describe('headers', () => {
  it('are safe, keep nothing, and open nothing to other sites', async () => {
    await serve();
    const { headers } = await ask({ origin: 'https://evil.example' });
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    const telling = /^(?:access-control-|server$|x-powered-by$|strict-transport)/;
    expect(Object.keys(headers).filter((name) => telling.test(name))).toEqual([]);
    const preflight = await gateway.ask('OPTIONS', '/api/controls', {
      headers: {
        ...{ origin: 'https://evil.example', 'access-control-request-method': 'POST' },
        authorization: `Bearer ${token}`,
      },
    });
    expect(preflight.status).toBe(404);
    expect(Object.keys(preflight.headers).filter((name) => telling.test(name))).toEqual([]);
  });

  it('say that browsers are to come by HTTPS alone, where they do', async () => {
    await serve({ publicUrl: 'https://logpatrol.example', linkKey: 'a-long-link-key-of-the-test' });
    for (const path of ['/api/controls', '/f/x'])
      expect((await ask({}, path)).headers['strict-transport-security']).toBe('max-age=15552000');
    await gateway.close();
    await serve({ publicUrl: 'http://logpatrol.example', linkKey: 'a-long-link-key-of-the-test' });
    for (const path of ['/api/controls', '/f/x'])
      expect((await ask({}, path)).headers['strict-transport-security']).toBeUndefined();
  });
});

it('takes no more than 64 KiB of anything, wherever it is sent', async () => {
  await serve();
  for (const path of ['/api/nothing', '/nothing', '/feishu/x/events', '/api/controls']) {
    const answer = await gateway.ask('POST', path, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: 'x'.repeat(65 * 1024),
    });
    expect([path, answer.status]).toEqual([path, 413]);
  }
});

it('says nothing of who hangs up in the middle, for anybody could fill the log with that', async () => {
  await serve({ publicUrl: 'https://logpatrol.example', linkKey: 'a-long-link-key-of-the-test' });
  for (const path of ['/nothing', '/api/controls', '/feishu/x/events', '/a/x']) {
    const headers = { 'transfer-encoding': 'chunked', expect: '100-continue' };
    const sent = request(new URL(path, gateway.url), { method: 'POST', headers });
    sent.flushHeaders();
    await once(sent, 'continue');
    sent.write('x'.repeat(1000));
    const hungUp = expect(once(sent, 'close')).rejects.toThrow('hang up');
    sent.destroy();
    await hungUp;
    // Whoever comes next is answered after that.
    expect((await ask()).status).toBe(200);
  }
  expect(gateway.logged()).toBe('');
});
