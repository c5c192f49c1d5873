import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedBus } from '#shared/bus/embedded.ts';
import type { Bus } from '#shared/bus/port.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { FeedbackDraft } from '#shared/model/index.ts';
import { openEmbeddedStore } from '#shared/store/embedded.ts';
import type { Store } from '#shared/store/port.ts';
import { sampleFinding } from '#test/samples/finding.ts';
import { ControlBook } from './book.ts';
import { giveFeedback } from './feedback.ts';

const logger = pino({ level: 'silent' });
const template = { id: 't1', text: 'connect to <*> failed' };
const findings = [
  sampleFinding({ id: 'a', fingerprint: 'f1', rule: 'r', service: 'shop', template }),
  sampleFinding({ id: 'b', fingerprint: 'f2', rule: 'r', service: 'shop', template }),
  sampleFinding({ id: 'c', fingerprint: 'f3', rule: 'r', service: 'cart', template }),
  sampleFinding({ id: 'd', fingerprint: 'f4', rule: 'r', service: 'shop' }),
  sampleFinding({ id: 'p', fingerprint: 'f5', rule: 'r', service: 'shop', pinned: true }),
];
const clock = () => Date.parse(findings[0]?.lastSeen ?? '') + 1000;

let folder: string;
let bus: Bus;
let store: Store;
let book: ControlBook;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-feedback-'));
  bus = await openEmbeddedBus({ dataDir: folder, maxBytes: 1e8, logger });
  store = await openEmbeddedStore({ dataDir: folder, maxBytes: 1e8, logger });
  await bus.setup(topicSpecs(ConfigSchema.parse({})));
  await store.saveFindings(findings, { signal: new AbortController().signal });
  book = new ControlBook({ bus, logger, clock });
});
afterAll(async () => {
  await bus.close();
  await store.close();
  await rm(folder, { recursive: true });
});

const say = (over: Record<string, unknown>) =>
  giveFeedback(
    { store, book, clock },
    FeedbackDraft.parse({ findingId: 'a', by: 'ana', ...over }),
    () => () => [],
  );

describe('feedback', () => {
  it.each<[Record<string, unknown>, Record<string, string>, number, number]>([
    [{}, { fingerprint: 'f1', service: 'shop' }, 1, 0],
    [{ scope: 'template' }, { template: 't1', service: 'shop' }, 2, 0],
    [{ scope: 'template', everywhere: true }, { template: 't1' }, 3, 2],
    [{ scope: 'rule', until: '2999-01-01T00:00:00.000Z' }, { rule: 'r', service: 'shop' }, 3, 1],
    [{ scope: 'rule', everywhere: true }, { rule: 'r' }, 4, 2],
  ])('%j silences what is meant, and says how much', async (over, scope, count, warned) => {
    const planned = await say({ ...over, dryRun: true });
    expect(planned).toMatchObject({
      kind: 'silenced',
      scope,
      matches: { findings: count, days: 7, isAll: true },
    });
    expect(planned).not.toHaveProperty('control');
    const answer = await say(over);
    if (answer.kind !== 'silenced' || answer.control === undefined) throw new Error('refused');
    expect(answer.warnings).toHaveLength(warned);
    expect(answer.control).toMatchObject({ kind: 'feedback', scope, by: 'ana', findingId: 'a' });
    expect(await book.list()).toContainEqual(answer.control);
  });

  it.each<[Record<string, unknown>, string, RegExp]>([
    [{ findingId: 'nope' }, 'unknown', /no finding nope/],
    [{ findingId: 'p' }, 'pinned', /pinned/],
    [{ findingId: 'd', scope: 'template' }, 'scope', /no template/],
    [{ everywhere: true }, 'scope', /one service/],
  ])('%j is refused', async (over, why, message) => {
    const before = await book.list();
    expect(await say(over)).toEqual({ kind: 'refused', why, message: expect.stringMatching(message) });
    expect(await book.list()).toEqual(before);
  });
});
