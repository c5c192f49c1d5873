import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { sampleFinding } from '#test/samples/finding.ts';
import { type Answer, openGateway, type TestGateway } from './testing/open-gateway.ts';

const token = 'a-token-of-the-test';
const draft = { kind: 'silence', scope: { service: 'shop' }, by: 'ana' };

let gateway: TestGateway;
afterEach(() => gateway.close());

async function serveWith(http: Record<string, unknown> = {}): Promise<void> {
  gateway = await openGateway({ http });
}

interface Asked {
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Of this machine, where it is not 127.0.0.1. */
  readonly address?: string;
}

function ask(method: string, path: string, { headers = {}, body, address }: Asked = {}): Promise<Answer> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  return gateway.ask(method, path, {
    headers: { ...json, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(address !== undefined && { address }),
  });
}

const bearer = { authorization: `Bearer ${token}` };

describe('probes and the rest', () => {
  it('answers the probes', async () => {
    await serveWith();
    expect((await ask('GET', '/healthz')).status).toBe(200);
    expect((await ask('GET', '/readyz')).status).toBe(503);
    expect((await ask('GET', '/metrics')).headers['content-type']).toContain('text/plain');
  });

  it('has nothing else, and says so safely', async () => {
    await serveWith();
    const response = await ask('GET', '/<script>');
    expect(response.status).toBe(404);
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    expect(response.text).not.toContain('script');
  });
});

describe('without a token', () => {
  it('serves a person on this machine', async () => {
    await serveWith();
    const added = await ask('POST', '/api/controls', { body: draft });
    expect(added.status).toBe(201);
    const { control } = JSON.parse(added.text);
    expect(control).toMatchObject(draft);
    expect(JSON.parse((await ask('GET', '/api/controls')).text)).toEqual({ controls: [control] });
    expect((await ask('DELETE', `/api/controls/${control.id}`)).status).toBe(400);
    expect((await ask('DELETE', `/api/controls/${control.id}?by=bo`)).status).toBe(200);
    expect((await ask('DELETE', `/api/controls/${control.id}?by=bo`)).status).toBe(404);
    expect(JSON.parse((await ask('GET', '/api/controls')).text)).toEqual({ controls: [] });
    expect(gateway.logged()).toContain(`control ${control.id} added by ana`);
    expect(gateway.logged()).toContain(`control ${control.id} undone by bo`);
  });

  it.each<[string, Record<string, string>, number]>([
    ['a name that DNS was made to point here', { host: 'evil.example:8630' }, 403],
    ['a name that begins as ours does', { host: 'localhost.evil.example' }, 403],
    ['a name with another before it', { host: 'localhost@evil.example' }, 400],
    ['a proxy', { 'x-forwarded-for': '203.0.113.7' }, 403],
    ['a page of another site', { origin: 'https://evil.example' }, 403],
    ['a page of another site, as browsers say', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['plain text', { 'content-type': 'text/plain' }, 415],
    ['JSON by another name', { 'content-type': 'text/plain; x=application/json' }, 415],
  ])('refuses %s', async (_name, headers, status) => {
    await serveWith();
    expect((await ask('POST', '/api/controls', { headers, body: draft })).status).toBe(status);
    expect(JSON.parse((await ask('GET', '/api/controls')).text)).toEqual({ controls: [] });
  });

  it('refuses to read, too', async () => {
    await serveWith();
    expect((await ask('GET', '/api/controls', { headers: { host: 'evil.example' } })).status).toBe(403);
  });

  it('refuses who is not on this machine', async () => {
    const { networkInterfaces } = await import('node:os');
    const address = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.internal === false && each.family === 'IPv4')?.address;
    if (address === undefined) return;
    await serveWith({ host: '0.0.0.0' });
    expect((await ask('GET', '/api/controls', { address, headers: { host: 'localhost' } })).status).toBe(403);
    expect((await ask('GET', '/api/controls')).status).toBe(200);
  });
});

describe('with a token', () => {
  it.each<[string, Record<string, string>, number]>([
    ['none', {}, 401],
    ['another', { authorization: 'Bearer another-token-1234' }, 401],
    ['another scheme', { authorization: `Basic ${token}` }, 401],
    ['the right one', bearer, 201],
    ['the right one from anywhere', { ...bearer, host: 'logpatrol.example' }, 201],
  ])('%s', async (_name, headers, status) => {
    await serveWith({ token });
    const answer = await ask('POST', '/api/controls', { headers, body: draft });
    expect(answer.status).toBe(status);
    expect(answer.text + gateway.logged()).not.toContain(token);
  });
});

describe('a body', () => {
  it.each<[string, unknown, number, RegExp]>([
    ['that is no JSON', '{', 400, /not JSON/],
    ['that is too large', { ...draft, note: 'x'.repeat(20_000) }, 413, /at most 16384 bytes/],
    [
      'with many mistakes',
      { kind: 'mute', scope: { servce: 'x' }, until: 'soon' },
      400,
      /^(?=.*"kind: )(?=.*"scope\.servce: there is no such field")(?=.*"by: )(?=.*"until: )/,
    ],
    ['about nothing', { ...draft, scope: {} }, 400, /scope: name at least one thing/],
    [
      'that ends before it begins',
      { ...draft, from: '2999-01-02T00:00:00Z', until: '2999-01-01T00:00:00Z' },
      400,
      /until: must be later than from/,
    ],
    ['that is over', { ...draft, until: '2020-01-01T00:00:00Z' }, 422, /is over already/],
  ])('%s is refused', async (_name, body, status, text) => {
    await serveWith();
    const answer = await ask('POST', '/api/controls', { body });
    expect(answer.text).toMatch(text);
    expect(answer.status).toBe(status);
  });

  it('too large without a length is refused as well', async () => {
    await serveWith();
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const { port } = new URL(gateway.url);
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const sent = request(
      { host: '127.0.0.1', port, method: 'POST', path: '/api/controls', headers },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sent.on('error', reject);
    for (let part = 0; part < 20; part++) sent.write('x'.repeat(1000));
    sent.end();
    expect(await promise).toBe(413);
  });
});

describe('feedback', () => {
  it('silences the like of a finding, and refuses what it may not', async () => {
    await serveWith();
    const finding = sampleFinding({ lastSeen: new Date().toISOString() });
    const pinned = sampleFinding({ id: 'pinned', pinned: true });
    await gateway.save(finding, pinned);
    const said = (over: object) =>
      ask('POST', '/api/feedback', { body: { findingId: finding.id, by: 'ana', ...over } });
    const dry = await said({ dryRun: true });
    expect(dry.status).toBe(200);
    const answer = await said({});
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.text)).toMatchObject({
      control: { kind: 'feedback', scope: { fingerprint: finding.fingerprint }, findingId: finding.id },
      matches: { findings: 1 },
    });
    expect((await said({ findingId: 'pinned' })).status).toBe(409);
    expect((await said({ findingId: 'unknown' })).status).toBe(404);
    expect((await said({ everywhere: true })).status).toBe(422);
  });
});

it('says no more than that where something has failed', async () => {
  await serveWith();
  gateway.refuse(new Error('SQL logic error in /data/bus.db'));
  const answer = await ask('POST', '/api/controls', { body: draft });
  expect(answer.status).toBe(500);
  expect(answer.text).not.toMatch(/SQL|database|\//);
  expect(gateway.logged()).toContain('gateway: a request failed');
});
