import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

const bearer = { authorization: 'Bearer a-token-of-the-test', 'content-type': 'application/json' };

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await openGateway({
    http: { token: 'a-token-of-the-test' },
    people: { wang: { name: '王芳' } },
  });
});
afterEach(() => gateway.close());

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = bearer) {
  const answer = await gateway.ask(method, path, {
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: JSON.parse(answer.text) };
}

describe('/api/preferences', () => {
  it('lists, sets and resets, and the audit log says who did', async () => {
    const wish = { who: 'wang', tell: true, from: 'critical', by: 'wang' };
    expect(await ask('PUT', '/api/preferences', wish)).toMatchObject({
      status: 200,
      json: { preference: wish },
    });
    expect((await ask('GET', '/api/preferences')).json.preferences).toMatchObject([wish]);
    expect((await ask('DELETE', '/api/preferences/wang')).status).toBe(400);
    expect((await ask('DELETE', '/api/preferences/wang?by=bo')).status).toBe(200);
    expect((await ask('DELETE', '/api/preferences/wang?by=bo')).status).toBe(404);
    expect((await ask('GET', '/api/preferences')).json).toEqual({ preferences: [] });
    expect((await gateway.audit()).map(({ action, by, via }) => [action, by.id, via]).sort()).toEqual([
      ['preference.reset', 'bo', 'api'],
      ['preference.set', 'wang', 'api'],
    ]);
  });

  it('refuses nobody, nonsense, and who has no token', async () => {
    const wish = { who: 'nobody', tell: false, by: 'bo' };
    expect(await ask('PUT', '/api/preferences', wish)).toMatchObject({
      status: 422,
      json: { error: expect.stringContaining('there is nobody "nobody"') },
    });
    expect((await ask('PUT', '/api/preferences', { who: 'wang', tell: 'no' })).status).toBe(400);
    expect((await ask('GET', '/api/preferences', undefined, {})).status).toBe(401);
    expect(await gateway.audit()).toEqual([]);
  });
});
