import { afterEach, describe, expect, it } from 'vitest';
import { sampleFinding } from '#test/samples/finding.ts';
import { type Answer, type AskOptions, openGateway, type TestGateway } from '../testing/open-gateway.ts';
import { apiRoutes } from './routes.ts';

let gateway: TestGateway;
afterEach(() => gateway.close());

const admin = 'a-token-of-everything';
const tokens = ['viewer', 'responder', 'silencer', 'auditor', 'admin'].map((role) => ({
  ...{ name: `bot-${role}`, token: `a-token-of-a-${role}`, role },
}));
const people = { wang: { name: '王芳' } };
const roles = {
  viewer: [],
  responder: ['acknowledge', 'resolve', 'hand-over', 'not-a-problem', 'silence-8h'],
  silencer: ['silence-8h'],
};

async function serve(http: Record<string, unknown> = {}): Promise<void> {
  gateway = await openGateway({ http: { token: admin, tokens, ...http }, people, interaction: { roles } });
}

function ask(
  token: string | undefined,
  method: string,
  path: string,
  options: AskOptions = {},
): Promise<Answer> {
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(options.body !== undefined && { 'content-type': 'application/json' }),
    ...options.headers,
  };
  return gateway.ask(method, path, { ...options, headers });
}
/** DELETE has none: Node sends it without saying how long it is. */
const bodyFor = (method: string, body: object) =>
  method === 'POST' || method === 'PUT' ? { body: JSON.stringify(body) } : {};
const as = (role: string) => `a-token-of-a-${role}`;

/** Who may what, written out by hand: v viewer, r responder, s silencer, a auditor, A admin. */
const table: Readonly<Record<string, string>> = {
  'GET /api/controls': 'vrsA',
  'POST /api/controls': 'rsA',
  'DELETE /api/controls/:id': 'rsA',
  'POST /api/feedback': 'rA',
  'POST /api/incidents/:id/actions': 'rsA',
  'GET /api/audit': 'aA',
  'GET /api/queue': 'vrsA',
  'GET /api/queue/messages/:id': 'vrsA',
  'POST /api/queue/replay': 'A',
  'GET /api/preferences': 'vrsA',
  'PUT /api/preferences': 'A',
  'DELETE /api/preferences/:who': 'A',
  'POST /api/drills': 'A',
  'GET /api/drills/:id': 'vrsA',
};
const letters = { v: 'viewer', r: 'responder', s: 'silencer', a: 'auditor', A: 'admin' } as const;

describe('the table of routes', () => {
  it('has every route, and none more than is written here', async () => {
    await serve();
    expect(apiRoutes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
      Object.keys(table).sort(),
    );
  });

  it('lets each role do what it says, and nothing else', async () => {
    await serve();
    const found: Record<string, string> = {};
    for (const { method, path } of apiRoutes) {
      const asked = path.replace(/:\w+/, 'nobody');
      let allowed = '';
      for (const [letter, role] of Object.entries(letters)) {
        // What is let through is refused for what it is: a body that is none, somebody who is not there.
        const { status, text } = await ask(as(role), method, asked, bodyFor(method, {}));
        if (status === 403) expect(text).toContain('may not do this');
        else allowed += letter;
        expect([200, 400, 403, 404]).toContain(status);
        if (method !== 'GET' && status !== 403) expect([400, 404]).toContain(status);
      }
      found[`${method} ${path}`] = allowed;
      expect((await ask(undefined, method, asked)).status).toBe(401);
      expect((await ask('a-token-of-nobody-here', method, asked)).status).toBe(401);
    }
    expect(found).toEqual(table);
  });

  it('is what there is: each route is served, and what is not in it is not there', async () => {
    await serve();
    for (const { method, path } of apiRoutes) {
      const { status, text } = await ask(admin, method, path.replace(/:\w+/, 'nobody'));
      // Nothing of ours is what the gateway says of an address that it does not know.
      expect([method, path, status === 404 && text.includes('there is nothing here')]).toEqual([
        method,
        path,
        false,
      ]);
    }
    for (const [method, path] of [
      ['GET', '/api'],
      ['GET', '/api/'],
      ['PATCH', '/api/controls'],
      ['OPTIONS', '/api/controls'],
      ['POST', '/api/controls/x/y'],
      ['GET', '/api/CONTROLS'],
      ['GET', '/api//controls'],
    ] as const) {
      const { status, text } = await ask(admin, method, path);
      expect([method, path, status, text]).toEqual([method, path, 404, '{"error":"there is nothing here"}']);
    }
  });

  it('holds for the way a path is written, too', async () => {
    await serve();
    for (const path of [
      '/api/%61udit',
      '/api/./audit',
      '/api/queue/../audit',
      '/x/../api/audit',
      '/api/audit/',
    ])
      expect([path, [401, 403, 404].includes((await ask(as('viewer'), 'GET', path)).status)]).toEqual([
        path,
        true,
      ]);
    const { status } = await ask(as('viewer'), 'POST', '/api/%71ueue/replay', { body: '{"by":"x"}' });
    expect([403, 404]).toContain(status);
    expect((await ask(as('viewer'), 'HEAD', '/api/audit')).status).toBe(403);
    expect((await ask(as('viewer'), 'HEAD', '/api/controls')).status).toBe(200);
  });
});

describe('an action about an incident', () => {
  it('needs a role that may do that one, and its account is in the audit log', async () => {
    await serve();
    const finding = sampleFinding();
    await gateway.save(finding);
    const act = (role: string, action: string) =>
      ask(as(role), 'POST', `/api/incidents/${finding.id}/actions`, {
        body: JSON.stringify({ action, by: 'wang' }),
      });
    expect((await act('silencer', 'resolve')).status).toBe(403);
    expect((await act('silencer', 'silence-8h')).status).toBe(201);
    expect((await act('responder', 'silence-1h')).status).toBe(403);
    expect((await act('responder', 'acknowledge')).status).toBe(201);
    expect((await act('admin', 'resolve')).status).toBe(201);
    const by = { id: 'wang', name: '王芳' };
    expect((await gateway.audit()).reverse()).toMatchObject([
      { action: 'resolve', outcome: 'refused', by, account: 'token:bot-silencer' },
      { action: 'silence-8h', outcome: 'done', by, account: 'token:bot-silencer' },
      { action: 'silence-1h', outcome: 'refused', by, account: 'token:bot-responder' },
      { action: 'acknowledge', outcome: 'done', by, account: 'token:bot-responder' },
      { action: 'resolve', outcome: 'done', by, account: 'token:bot-admin' },
    ]);
  });
});

describe('the audit log', () => {
  it('names the account of every change', async () => {
    await serve();
    const finding = sampleFinding({ lastSeen: new Date().toISOString() });
    await gateway.save(finding);
    const send = async (method: string, path: string, body: object) => {
      const answer = await ask(as('admin'), method, path, bodyFor(method, body));
      expect([method, path, answer.status < 300]).toEqual([method, path, true]);
      return JSON.parse(answer.text);
    };
    const silence = { kind: 'silence', scope: { service: 'shop' }, by: 'ana' };
    const { control } = await send('POST', '/api/controls', silence);
    await send('DELETE', `/api/controls/${control.id}?by=ana`, {});
    await send('POST', '/api/feedback', { findingId: finding.id, by: 'ana' });
    await send('POST', `/api/incidents/${finding.id}/actions`, { action: 'acknowledge', by: 'ana' });
    await send('PUT', '/api/preferences', { who: 'wang', tell: false, by: 'ana' });
    await send('DELETE', '/api/preferences/wang?by=ana', {});
    const entries = await gateway.audit();
    expect(entries.map(({ action }) => action).sort()).toEqual(
      [
        'acknowledge',
        'control.add',
        'control.undo',
        'not-a-problem',
        'preference.reset',
        'preference.set',
      ].sort(),
    );
    for (const entry of entries)
      expect(entry).toMatchObject({ account: 'token:bot-admin', by: { id: 'ana' }, address: '127.0.0.1' });
    const of = async (by: string) =>
      JSON.parse((await ask(as('auditor'), 'GET', `/api/audit?by=${by}`)).text).entries.length;
    expect([await of('token:bot-admin'), await of('token:bot-viewer')]).toEqual([entries.length, 0]);
  });

  it('has who was refused a right, once a minute', async () => {
    await serve();
    for (let time = 0; time < 5; time++) await ask(as('viewer'), 'POST', '/api/queue/replay');
    await ask(as('viewer'), 'GET', '/api/audit');
    await ask('a-token-of-nobody-here', 'GET', '/api/audit');
    await expect.poll(() => gateway.audit()).toHaveLength(3);
    const entries = (await gateway.audit()).map(({ id: _id, at: _at, ...rest }) => rest);
    const by = { id: 'token:bot-viewer', name: 'token:bot-viewer' };
    const shared = { via: 'api', outcome: 'refused', address: '127.0.0.1' };
    expect(entries).toEqual(
      expect.arrayContaining([
        {
          ...{ ...shared, by, account: 'token:bot-viewer', action: 'POST /api/queue/replay' },
          why: 'the role viewer may not do this; it needs admin',
        },
        {
          ...{ ...shared, by, account: 'token:bot-viewer', action: 'GET /api/audit' },
          why: 'the role viewer may not do this; it needs audit',
        },
        {
          ...{ ...shared, by: { id: 'unknown', name: 'unknown' }, action: 'api.enter' },
          why: 'there is no such token',
        },
      ]),
    );
    const metrics = await gateway.registry.metrics();
    expect(metrics).toContain('logpatrol_http_refused_total{why="role"} 6');
    expect(metrics).toContain('logpatrol_http_refused_total{why="token"} 1');
  });

  it('does not grow by more than sixty refusals of strangers a minute, who hide nobody else’s', async () => {
    await serve({ trustedProxies: ['127.0.0.1'] });
    for (let host = 0; host < 80; host++)
      await ask('a-token-of-nobody-here', 'GET', '/api/audit', {
        headers: { 'x-forwarded-for': `203.0.113.${host}` },
      });
    await expect.poll(() => gateway.audit()).toHaveLength(60);
    expect(await gateway.registry.metrics()).toContain('logpatrol_http_refused_total{why="token"} 80');
    await ask(as('viewer'), 'POST', '/api/queue/replay');
    await expect.poll(() => gateway.audit()).toHaveLength(61);
  });
});
