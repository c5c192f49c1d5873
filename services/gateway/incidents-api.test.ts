import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogpatrolError } from '#shared/errors/index.ts';
import { sampleFinding } from '#test/samples/finding.ts';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

const finding = sampleFinding();
const bearer = { authorization: 'Bearer a-token-of-the-test', 'content-type': 'application/json' };

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await openGateway({
    http: { token: 'a-token-of-the-test' },
    people: { wang: { name: '王芳' } },
    interaction: { roles: { viewer: [], responder: [] } },
  });
  await gateway.save(finding);
});
afterEach(() => gateway.close());

async function act(body: unknown, id: string = finding.id, headers: Record<string, string> = bearer) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const path = `/api/incidents/${encodeURIComponent(id)}/actions`;
  const answer = await gateway.ask('POST', path, { headers, body: text });
  return { status: answer.status, json: JSON.parse(answer.text) };
}

async function audit(query = '', headers: Record<string, string> = bearer) {
  const answer = await gateway.ask('GET', `/api/audit${query}`, { headers });
  return { status: answer.status, json: JSON.parse(answer.text) };
}

describe('POST /api/incidents/:id/actions', () => {
  it('does what whoever has the token wants, in the name that they give', async () => {
    expect(await act({ action: 'silence-1h', by: 'wang', note: 'a test' })).toMatchObject({
      status: 201,
      json: { done: 'silence-1h', message: 'Silenced for 1 hour', control: { by: '王芳' } },
    });
    expect(await act({ action: 'acknowledge', by: 'a script' })).toMatchObject({ status: 201 });
    expect((await gateway.signals()).map(({ by }) => by)).toEqual([
      { id: 'wang', name: '王芳' },
      { id: 'a script', name: 'a script' },
    ]);
    expect((await audit()).json.entries).toMatchObject([
      { action: 'acknowledge', via: 'api', address: '127.0.0.1' },
      { action: 'silence-1h', via: 'api', note: 'a test' },
    ]);
  });

  it.each<[string, unknown, string, number, RegExp]>([
    ['an unknown incident', { action: 'resolve', by: 'a' }, '0-ffff-1', 404, /no such incident/],
    ['a stranger to hand over to', { action: 'hand-over', by: 'a', to: 'x' }, finding.id, 422, /to whom/],
    ['an unknown action', { action: 'delete', by: 'a' }, finding.id, 400, /body is wrong/],
    ['nobody', { action: 'resolve' }, finding.id, 400, /body is wrong/],
    ['another field', { action: 'resolve', by: 'a', role: 'x' }, finding.id, 400, /body is wrong/],
    ['no JSON', '{', finding.id, 400, /not JSON/],
    ['too much', { action: 'resolve', by: 'a', note: 'x'.repeat(20_000) }, finding.id, 413, /at most/],
  ])('refuses %s', async (_name, body, id, status, error) => {
    expect(await act(body, id)).toMatchObject({ status, json: { error: expect.stringMatching(error) } });
    expect(await gateway.signals()).toEqual([]);
  });

  it('refuses forms, and who has no token', async () => {
    const body = { action: 'resolve', by: 'a' };
    expect((await act(body, finding.id, { ...bearer, 'content-type': 'text/plain' })).status).toBe(415);
    expect((await act(body, finding.id, { 'content-type': 'application/json' })).status).toBe(401);
    expect((await audit('', {})).status).toBe(401);
    expect(await gateway.audit()).toEqual([]);
  });

  it('says that it cannot, and why only in the log', async () => {
    gateway.refuse(new LogpatrolError('no-space', 'the disk of kafka-1 is full'));
    const pending = act({ action: 'resolve', by: 'a' });
    await expect.poll(() => gateway.logged()).toContain('the disk of kafka-1 is full');
    gateway.refuse(new LogpatrolError('fenced', 'kafka-1 has another'));
    const { status, json } = await pending;
    expect([status, JSON.stringify(json)]).toEqual([503, expect.not.stringContaining('kafka-1')]);
  });
});

describe('POST /api/feedback', () => {
  const say = (over: object, headers: Record<string, string> = bearer) =>
    gateway.ask('POST', '/api/feedback', {
      headers,
      body: JSON.stringify({ findingId: finding.id, by: 'wang', ...over }),
    });

  it('is told to correlation as a click on the card is, which puts it into the history', async () => {
    expect((await say({ dryRun: true })).status).toBe(200);
    expect(await gateway.signals()).toEqual([]);
    expect((await say({ scope: 'rule', note: 'n'.repeat(600) })).status).toBe(201);
    const [told, ...others] = await gateway.signals();
    expect(others).toEqual([]);
    const by = { id: 'wang', name: '王芳' };
    const note = 'n'.repeat(500);
    expect(told).toMatchObject({ kind: 'action', incidentId: finding.id, action: 'not-a-problem', by, note });
    expect(await gateway.audit()).toMatchObject([
      { id: told?.id, action: 'not-a-problem', via: 'api', by, note, controlId: expect.any(String) },
    ]);
  });

  it('of a domain that is no more is taken, and nobody is told', async () => {
    await gateway.save({ ...finding, id: '250-aa-1', fingerprint: 'other' });
    expect((await say({ findingId: '250-aa-1' })).status).toBe(201);
    expect(await gateway.signals()).toEqual([]);
    expect(await gateway.audit()).toMatchObject([{ incidentId: '250-aa-1', by: { id: 'wang' } }]);
  });

  it('is of the command line where that says so, and has the token', async () => {
    const { authorization: _token, ...stranger } = { ...bearer, 'x-logpatrol-via': 'cli' };
    expect((await say({}, stranger)).status).toBe(401);
    expect((await say({}, { ...bearer, 'x-logpatrol-via': 'card' })).status).toBe(201);
    expect((await say({}, { ...bearer, 'x-logpatrol-via': 'cli' })).status).toBe(201);
    expect((await gateway.audit()).map(({ via }) => via).sort()).toEqual(['api', 'cli']);
  });
});

describe('GET /api/audit', () => {
  it('has controls too, the newest first, and what is asked for', async () => {
    const draft = { kind: 'silence', scope: { service: 'shop' }, by: 'ana' };
    const body = JSON.stringify(draft);
    const added = await gateway.ask('POST', '/api/controls', { headers: bearer, body });
    const { id } = JSON.parse(added.text).control;
    await gateway.ask('DELETE', `/api/controls/${id}?by=bo`, { headers: bearer });
    const feedback = JSON.stringify({ findingId: finding.id, by: 'bo', note: 'a probe' });
    await gateway.ask('POST', '/api/feedback', { headers: bearer, body: feedback });
    const { entries } = (await audit()).json;
    expect(entries).toMatchObject([
      { action: 'not-a-problem', by: { id: 'bo' }, incidentId: finding.id, note: 'a probe' },
      { action: 'control.undo', by: { id: 'bo' }, controlId: id, address: '127.0.0.1' },
      { action: 'control.add', by: { id: 'ana' }, controlId: id, via: 'api', outcome: 'done' },
    ]);
    expect((await audit('?by=ana')).json.entries).toHaveLength(1);
    expect((await audit(`?incident=${finding.id}`)).json.entries).toHaveLength(1);
    expect((await audit('?limit=2')).json.entries).toEqual(entries.slice(0, 2));
    expect((await audit('?since=2999-01-01T00:00:00Z')).json.entries).toEqual([]);
  });

  it.each(['?since=yesterday', '?limit=0', '?limit=1e9', '?by='])('refuses %s', async (query) => {
    expect(await audit(query)).toMatchObject({ status: 400, json: { mistakes: [expect.any(String)] } });
  });
});
