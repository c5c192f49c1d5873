import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '#shared/audit/index.ts';
import { openEmbeddedBus } from '#shared/bus/embedded.ts';
import type { Bus } from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { ControlBook } from '#shared/controls/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { ActionSignal, type Finding, type PersonAction } from '#shared/model/index.ts';
import { openEmbeddedStore } from '#shared/store/embedded.ts';
import type { Store } from '#shared/store/port.ts';
import { sampleFinding } from '#test/samples/finding.ts';
import { type ActionDesk, type ActionRequest, performAction } from './perform-action.ts';

const config = ConfigSchema.parse({
  people: { wang: { name: '王芳' }, li: { name: '李雷', role: 'watcher' } },
  interaction: { roles: { viewer: [], responder: ['acknowledge', 'hand-over'], watcher: ['not-a-problem'] } },
  domains: [
    { name: 'shop', partition: 1, services: ['shop'] },
    { name: 'default', partition: 0 },
  ],
});
const ana = { id: 'ana', name: 'Ana' };
const now = Date.parse('2026-11-21T08:00:00.000Z');
const signal = new AbortController().signal;
const logger = pino({ level: 'silent' });
const finding = sampleFinding({ id: '1-00112233445566aa-m0', domain: 'shop', openings: 3 });

let folder: string;
let bus: Bus;
let store: Store;
let desk: ActionDesk;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-interaction-'));
  bus = await openEmbeddedBus({ dataDir: folder, maxBytes: 1e8, logger });
  store = await openEmbeddedStore({ dataDir: folder, maxBytes: 1e8, logger });
  await bus.setup(topicSpecs(config));
  const clock = () => now;
  desk = { bus, store, logger, clock, config, book: new ControlBook({ bus, logger, clock }) };
});
afterEach(async () => {
  await bus.close();
  await store.close();
  await rm(folder, { recursive: true });
});

const act = (action: PersonAction, over: Partial<ActionRequest> = {}) =>
  performAction(desk, { incidentId: finding.id, action, by: ana, via: 'card', ...over });
const save = (...findings: Finding[]) => store.saveFindings(findings, { signal });
const audit = () => readAudit(bus, logger, { limit: 100 });

async function signals(): Promise<{ partition: number; key: string; signal: ActionSignal }[]> {
  const found = [];
  for await (const { partition, key, value } of bus.read(topic.signals)) {
    const read = readValue(ActionSignal, value);
    if (read.ok) found.push({ partition, key: `${key}`, signal: read.value });
  }
  return found;
}

describe('what is done', () => {
  it('is told to correlation in its domain, and written to the audit log', async () => {
    await save(finding);
    const over = { role: 'responder', note: ` ${'x'.repeat(600)} `, channel: 'ops', eventId: 'e1' };
    expect(await act('acknowledge', over)).toMatchObject({ kind: 'done', sentence: { en: /It is yours/ } });
    const [one, ...others] = await signals();
    expect(others).toEqual([]);
    expect(one).toMatchObject({ partition: 1, key: finding.id });
    expect(one?.signal).toEqual({
      kind: 'action',
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      ...{ domain: 'shop', incidentId: finding.id, action: 'acknowledge', by: ana },
      note: 'x'.repeat(500),
      at: '2026-11-21T08:00:00.000Z',
    });
    const said = { action: 'acknowledge', outcome: 'done', via: 'card', by: ana, incidentId: finding.id };
    expect(await audit()).toEqual([
      { id: one?.signal.id, at: '2026-11-21T08:00:00.000Z', ...said, channel: 'ops', note: 'x'.repeat(500) },
    ]);
  });

  it('has the same id where the same event comes to another process, and is audited once', async () => {
    await save(finding);
    await act('resolve', { eventId: 'e1' });
    await act('resolve', { eventId: 'e1' });
    await act('resolve', { eventId: 'e2' });
    const ids = (await signals()).map(({ signal: { id } }) => id);
    expect(new Set(ids).size).toBe(2);
    expect((await audit()).map(({ id }) => id).sort()).toEqual([...new Set(ids)].sort());
  });

  it('names to whom it was handed over', async () => {
    await save(finding);
    const answer = await act('hand-over', { to: 'wang' });
    expect(answer.sentence).toEqual({ 'zh-CN': '已转交给 王芳', en: 'Handed over to 王芳' });
    expect((await signals())[0]?.signal.to).toEqual({ id: 'wang', name: '王芳' });
  });

  it.each<[PersonAction, object]>([
    [
      'silence-1h',
      {
        kind: 'silence',
        scope: { fingerprint: finding.fingerprint, service: finding.service },
        until: '2026-11-21T09:00:00.000Z',
      },
    ],
    [
      'silence-8h',
      {
        kind: 'silence',
        scope: { fingerprint: finding.fingerprint, service: finding.service },
        until: '2026-11-21T16:00:00.000Z',
      },
    ],
    ['silence-until-resolved', { kind: 'silence', scope: { incident: finding.id }, opening: 3 }],
    [
      'not-a-problem',
      { kind: 'feedback', scope: { fingerprint: finding.fingerprint, service: finding.service } },
    ],
  ])('%s puts a control in force, which the audit log names', async (action, control) => {
    await save(finding);
    const answer = await act(action, { note: 'a probe' });
    const all = await desk.book.list();
    expect(all).toEqual([
      {
        ...control,
        id: expect.any(String),
        ...{ by: 'Ana', note: 'a probe', findingId: finding.id, createdAt: '2026-11-21T08:00:00.000Z' },
      },
    ]);
    expect(answer).toMatchObject({ kind: 'done', control: all[0] });
    expect(await audit()).toMatchObject([{ action, controlId: all[0]?.id }]);
    expect((await signals())[0]?.signal.action).toBe(action);
  });

  it('is of the opening that the bus knows, where the store is behind', async () => {
    await save({ ...finding, openings: 2, state: 'resolved' });
    const writer = await bus.writer('test');
    const value = JSON.stringify({ ...finding, revision: 5 });
    await writer.write([{ topic: topic.findings, partition: 1, key: finding.id, value }]);
    await writer.close();
    const answer = await act('silence-until-resolved');
    expect(answer).toMatchObject({ kind: 'done', control: { opening: 3 } });
    expect(await act('acknowledge')).toMatchObject({ kind: 'done' });
  });

  it('needs no store', async () => {
    const writer = await bus.writer('test');
    const value = JSON.stringify(finding);
    await writer.write([{ topic: topic.findings, partition: 1, key: finding.id, value }]);
    await writer.close();
    const away = new LogpatrolError('unreachable', 'the store does not answer');
    for (const lookUp of [() => Promise.reject(away), () => new Promise<undefined>(() => undefined)]) {
      desk = { ...desk, store: { finding: lookUp } };
      expect(await act('acknowledge')).toMatchObject({ kind: 'done' });
    }
  });
});

describe('what is refused', () => {
  const pinned = { ...finding, id: '1-aa-1', pinned: true };
  const resolved = { ...finding, id: '1-aa-2', state: 'resolved' as const };
  const mine = { ...finding, id: '1-aa-3', state: 'acknowledged' as const, assignee: ana };

  it.each<[string, PersonAction, Partial<ActionRequest>, string]>([
    ['an incident that is not there', 'acknowledge', { incidentId: '1-00-1' }, 'unknown'],
    ['one of a domain that is not there', 'acknowledge', { incidentId: '7-00-1' }, 'unknown'],
    ['what is no id', 'acknowledge', { incidentId: '../../etc/passwd' }, 'unknown'],
    ['a role that may do nothing', 'acknowledge', { role: 'viewer' }, 'role'],
    ['a role that may do something else', 'silence-1h', { role: 'responder' }, 'role'],
    ['a role that is not there', 'acknowledge', { role: 'constructor' }, 'role'],
    ['to silence what is pinned', 'silence-1h', { incidentId: pinned.id }, 'pinned'],
    ['to silence it until it is resolved', 'silence-until-resolved', { incidentId: pinned.id }, 'pinned'],
    ['feedback on it', 'not-a-problem', { incidentId: pinned.id }, 'pinned'],
    ['to resolve what is over', 'resolve', { incidentId: resolved.id }, 'over'],
    ['to take on what is over', 'acknowledge', { incidentId: resolved.id }, 'over'],
    ['to take on what one has', 'acknowledge', { incidentId: mine.id }, 'already'],
    ['to hand over to nobody', 'hand-over', {}, 'to'],
    ['to hand over to a stranger', 'hand-over', { to: 'mallory' }, 'to'],
    ['to hand over to a property', 'hand-over', { to: '__proto__' }, 'to'],
  ])('%s', async (_name, action, over, why) => {
    await save(finding, pinned, resolved, mine);
    expect(await act(action, { address: '10.0.0.7', ...over })).toMatchObject({ kind: 'refused', why });
    expect(await signals()).toEqual([]);
    expect(await desk.book.list()).toEqual([]);
    expect(await audit()).toMatchObject([
      { action, outcome: 'refused', by: ana, address: '10.0.0.7', why: expect.any(String) },
    ]);
  });

  it('is nothing to who takes on what another has, or to who has no role to be asked for', async () => {
    await save(mine, pinned);
    const bo = { id: 'bo', name: 'Bo' };
    expect((await act('acknowledge', { incidentId: mine.id, by: bo })).kind).toBe('done');
    expect((await act('acknowledge', { incidentId: pinned.id })).kind).toBe('done');
  });
});
