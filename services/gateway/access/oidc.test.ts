import { createHmac, KeyObject, sign } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleFinding } from '#test/samples/finding.ts';
import { OidcIssuer, type TokenOptions } from '#test/stand-ins/oidc/index.ts';
import { openGateway, type TestGateway } from '../testing/open-gateway.ts';

let issuer: OidcIssuer;
let gateway: TestGateway;
let skewMs: number;

beforeEach(async () => {
  skewMs = 0;
  issuer = await OidcIssuer.open();
  gateway = await openWith({});
});
afterEach(async () => {
  await gateway.close();
  await issuer.down();
});

function openWith(oidc: Record<string, unknown>): Promise<TestGateway> {
  const http = {
    token: 'a-token-of-the-test',
    oidc: {
      ...{ issuer: issuer.issuer, audience: 'logpatrol', rolesClaim: 'realm_access.roles' },
      roles: { 'ops-lead': 'admin', ops: 'responder', guest: 'viewer' },
      ...oidc,
    },
  };
  return openGateway({ http, people: { wang: { name: '王芳' } } }, () => Date.now() + skewMs);
}

const claims = { preferred_username: 'wang', realm_access: { roles: ['ops'] } };
const tokenOf = (options: TokenOptions = {}) =>
  issuer.token({ ...options, claims: { ...claims, ...options.claims } });

async function ask(token: string, method = 'GET', path = '/api/controls', body?: object) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return gateway.ask(method, path, { headers, ...(body && { body: JSON.stringify(body) }) });
}
const statusOf = async (token: string): Promise<number> => (await ask(token)).status;

/** A token of which the parts are these, whatever is true of them. */
function compact(header: object, payload: object, sign: (signed: string) => string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(header)}.${part(payload)}`;
  return `${signed}.${sign(signed)}`;
}

describe('a token of the issuer', () => {
  it('lets its person in, whose name stands in all they do, whatever they say', async () => {
    const finding = sampleFinding();
    await gateway.save(finding);
    const path = `/api/incidents/${finding.id}/actions`;
    const acted = await ask(await tokenOf(), 'POST', path, { action: 'acknowledge', by: 'somebody else' });
    expect(acted.status).toBe(201);
    const draft = { kind: 'silence', scope: { service: 'shop' }, by: 'somebody else' };
    const added = await ask(await tokenOf(), 'POST', '/api/controls', draft);
    const { id } = JSON.parse(added.text).control;
    expect((await ask(await tokenOf(), 'DELETE', `/api/controls/${id}?by=x`)).status).toBe(200);
    const account = 'oidc:u-4711';
    expect((await gateway.audit()).reverse()).toMatchObject([
      { action: 'acknowledge', by: { id: 'wang', name: '王芳' }, account },
      { action: 'control.add', by: { id: 'wang' }, account },
      { action: 'control.undo', by: { id: 'wang' }, account },
    ]);
  });

  it.each<[string, object, number, number]>([
    ['the role of a group', { realm_access: { roles: ['x', 'guest'] } }, 200, 403],
    ['the most of several', { realm_access: { roles: ['guest', 'ops-lead'] } }, 200, 422],
    ['roles in one text', { realm_access: { roles: 'guest openid' } }, 200, 403],
    ['none where none is known', { realm_access: { roles: ['toString', 'admin'] } }, 403, 403],
    ['none without the claim', { realm_access: 7 }, 403, 403],
  ])('gives %s', async (_name, over, read, replay) => {
    const token = await tokenOf({ claims: { ...over } });
    expect(await statusOf(token)).toBe(read);
    // Only admins may; this one is of no message.
    const body = { by: 'x', id: 'none' };
    expect((await ask(token, 'POST', '/api/queue/replay', body)).status).toBe(replay);
  });

  it('may have its roles under a claim whose name has dots', async () => {
    await gateway.close();
    gateway = await openWith({ rolesClaim: 'https://sso.example/roles', nameClaim: 'nobody' });
    const token = await tokenOf({ claims: { 'https://sso.example/roles': ['ops'] } });
    const draft = { kind: 'silence', scope: { service: 'shop' } };
    expect((await ask(token, 'POST', '/api/controls', draft)).status).toBe(201);
    // Without the claim of the name it is called by its subject.
    expect(await gateway.audit()).toMatchObject([{ by: { id: 'u-4711' } }]);
  });

  it('does not stand in the way of tokens of the configuration', async () => {
    expect(await statusOf('a-token-of-the-test')).toBe(200);
    expect(issuer.keysAsked).toBe(0);
  });
});

describe('is refused', () => {
  it.each<[string, TokenOptions]>([
    ['of another issuer', { claims: { iss: 'https://evil.example' } }],
    ['for another audience', { claims: { aud: 'kibana' } }],
    ['for nobody', { claims: { aud: [] } }],
    ['that is over', { seconds: -120 }],
    ['that has no end', { without: 'exp' }],
    ['that is not yet', { claims: { nbf: Math.floor(Date.now() / 1000) + 600 } }],
    ['of no one', { without: 'sub' }],
    ['of a key that there is not', { kid: 'another' }],
  ])('one %s', async (_name, options) => {
    expect(await statusOf(await tokenOf())).toBe(200);
    expect(await statusOf(await tokenOf(options))).toBe(401);
  });

  it('one that the issuer has not signed', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    expect(await statusOf(await tokenOf({ forgedWith: privateKey }))).toBe(401);
    const [header, , signature] = (await tokenOf()).split('.');
    const payload = Buffer.from(JSON.stringify({ sub: 'x', exp: 9e9 })).toString('base64url');
    expect(await statusOf([header, payload, signature].join('.'))).toBe(401);
  });

  it('one without a signature, or with one of the key that everybody sees', async () => {
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: issuer.issuer, aud: 'logpatrol', sub: 'u', exp: now + 300, ...claims };
    const key = issuer.publicKey;
    const none = compact({ alg: 'none', kid: key?.kid }, payload, () => '');
    expect(await statusOf(none)).toBe(401);
    expect(await statusOf(`${none}AA`)).toBe(401);
    const secret = JSON.stringify(key);
    const symmetric = compact({ alg: 'HS256', kid: key?.kid }, payload, (signed) =>
      createHmac('sha256', secret).update(signed).digest('base64url'),
    );
    expect(await statusOf(symmetric)).toBe(401);
  });

  it('what is no token at all, without a question to the issuer', async () => {
    expect(await statusOf('not-a-token-of-anybody')).toBe(401);
    expect(issuer.keysAsked).toBe(0);
  });

  it('and the audit log says why, once', async () => {
    const token = await tokenOf({ claims: { aud: 'kibana' } });
    for (let time = 0; time < 3; time++) await statusOf(token);
    await expect
      .poll(() => gateway.audit())
      .toMatchObject([
        {
          action: 'api.enter',
          outcome: 'refused',
          why: expect.stringContaining('"aud"'),
          address: '127.0.0.1',
        },
      ]);
    expect(JSON.stringify(await gateway.audit()) + gateway.logged()).not.toContain(token);
  });
});

it('refuses what a token invents with the same words each time, and none of its own', async () => {
  const { privateKey } = await generateKeyPair('ES256');
  for (const word of ['forged line', 'another']) {
    const [, payload] = (await tokenOf({ forgedWith: privateKey })).split('.');
    const header = { alg: 'ES256', kid: issuer.publicKey?.kid, crit: [word], [word]: true };
    const signed = Buffer.from(JSON.stringify(header)).toString('base64url');
    expect(await statusOf(`${signed}.${payload}.AAAA`)).toBe(401);
  }
  await expect.poll(() => gateway.audit()).toMatchObject([{ why: expect.stringContaining('not supported') }]);
  expect(JSON.stringify(await gateway.audit()) + gateway.logged()).not.toContain('forged line');
});

it('asks nobody for a key but the issuer, whatever the header of a token names', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const [, payload] = (await tokenOf()).split('.');
  const jwk = await exportJWK(publicKey);
  const elsewhere = 'http://127.0.0.1:9/keys';
  for (const kid of [issuer.publicKey?.kid, '../../etc/passwd', undefined]) {
    const header = { alg: 'ES256', kid, jwk, jku: elsewhere, x5u: elsewhere };
    const head = Buffer.from(JSON.stringify(header)).toString('base64url');
    const signature = sign('sha256', Buffer.from(`${head}.${payload}`), {
      ...{ key: KeyObject.from(privateKey), dsaEncoding: 'ieee-p1363' },
    });
    expect(await statusOf(`${head}.${payload}.${signature.toString('base64url')}`)).toBe(401);
  }
});

describe('clocks', () => {
  it('may be a minute apart', async () => {
    const token = await tokenOf({ seconds: 10 });
    skewMs = 40_000;
    expect(await statusOf(token)).toBe(200);
    skewMs = 80_000;
    expect(await statusOf(token)).toBe(401);
  });
});

describe('keys', () => {
  it('are asked for once, and found anew at the issuer after it has changed them', async () => {
    for (let time = 0; time < 3; time++) expect(await statusOf(await tokenOf())).toBe(200);
    expect(issuer.keysAsked).toBe(1);
    await gateway.close();
    gateway = await openWith({});
    await issuer.rotate({ isOldKept: true });
    expect(await statusOf(await tokenOf())).toBe(200);
  });

  it('that a stranger invents do not make it ask again and again', async () => {
    expect(await statusOf(await tokenOf())).toBe(200);
    for (let time = 0; time < 5; time++)
      expect(await statusOf(await tokenOf({ kid: `invented-${time}` }))).toBe(401);
    expect(issuer.keysAsked).toBeLessThanOrEqual(2);
  });
});

describe('an issuer that does not answer', () => {
  it('is 503 and not 401, until it does', async () => {
    const token = await tokenOf();
    await issuer.down();
    const answer = await ask(token);
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    expect(answer.text).not.toContain(issuer.issuer);
    expect(gateway.logged()).toContain(`the issuer ${issuer.issuer} cannot be asked`);
    await issuer.up();
    // It was asked a moment ago.
    expect(await statusOf(token)).toBe(503);
    skewMs = 6_000;
    expect(await statusOf(token)).toBe(200);
    expect(await gateway.audit()).toEqual([]);
  });

  it('goes on being believed while its keys are fresh', async () => {
    expect(await statusOf(await tokenOf())).toBe(200);
    await issuer.down();
    expect(await statusOf(await tokenOf())).toBe(200);
  });

  it('under a name that is not its own is none', async () => {
    issuer.callsItself = 'https://evil.example';
    expect(await statusOf(await tokenOf())).toBe(503);
    expect(gateway.logged()).toContain('http.oidc.issuer must be that, letter for letter');
  });
});
