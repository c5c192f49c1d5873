import pino from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openEmbeddedHarness } from '#shared/bus/embedded/testing/harness.ts';
import { Line } from '#shared/bus/kafka/line.ts';
import { TestBuses } from '#shared/bus/kafka/test-bus.ts';
import type { Bus } from '#shared/bus/port.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import type { ControlDraft } from '#shared/model/index.ts';
import { kafkaAddress } from '#test/stack/addresses.ts';
import { type ControlBoard, openControlBoard } from './board.ts';
import { ControlBook } from './book.ts';

vi.setConfig({ testTimeout: 60_000 });

const address = kafkaAddress();
const specs = topicSpecs(ConfigSchema.parse({})).filter(({ name }) => name === topic.controls);
/** "Within seconds, everywhere." */
const seconds = { timeout: 3000, interval: 20 };
const wish: ControlDraft = { kind: 'silence', scope: { service: 'shop' }, by: 'ana' };
/** Nothing besides. */
const none = () => [];

const lines: string[] = [];
const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  lines.length = 0;
});

async function openOn(bus: Bus): Promise<ControlBoard> {
  const board = await openControlBoard({ bus, logger });
  closing.push(async () => board.close());
  return board;
}

/** Two buses on the same data: a writer's and a reader's, as of two processes. */
const kinds: Record<string, () => Promise<[Bus, Bus]>> = {
  'the embedded bus': async () => {
    const { bus, close } = await openEmbeddedHarness();
    closing.push(close);
    return [bus, bus];
  },
  Kafka: async () => {
    const buses = new TestBuses(address ?? '');
    closing.push(() => buses.close());
    return [await buses.open(), await buses.open()];
  },
};

describe.each(Object.keys(kinds))('on %s', (kind) => {
  describe.skipIf(kind === 'Kafka' && address === undefined)('', () => {
    it('a change is visible within 3 s, whoever made it; what stood there before, at once', async () => {
      const [here, there] = (await kinds[kind]?.()) ?? [];
      if (here === undefined || there === undefined) throw new Error('no bus');
      await here.setup(specs);
      const book = new ControlBook({ bus: here, logger, clock: Date.now });
      const first = await book.add(wish, none);
      const board = await openOn(there);
      expect(board.all()).toEqual([first]);
      const { version } = board;

      const second = await book.add(
        { ...wish, scope: { host: 'db-1' }, until: '2999-01-01T00:00:00.000Z' },
        none,
      );
      await vi.waitFor(() => expect(board.all()).toEqual([first, second]), seconds);
      expect(board.version).toBeGreaterThan(version);
      const again = await book.add({ ...wish, note: 'still' }, none);
      expect(again.id).toBe(first.id);
      await vi.waitFor(() => expect(board.all()).toContainEqual(again), seconds);
      expect(await book.undo(first.id, 'bo', none)).toEqual({ kind: 'undone', control: again });
      await vi.waitFor(() => expect(board.all()).toEqual([second]), seconds);
      expect(await book.list()).toEqual([second]);
      expect(await book.undo(first.id, 'bo', none)).toEqual({ kind: 'unknown' });
    });

    it('passes over what it cannot read, and says so', async () => {
      const [here, there] = (await kinds[kind]?.()) ?? [];
      if (here === undefined || there === undefined) throw new Error('no bus');
      await here.setup(specs);
      const book = new ControlBook({ bus: here, logger, clock: Date.now });
      const good = await book.add(wish, none);
      const bad = await book.add({ ...wish, scope: { host: 'h' } }, none);
      const writer = await here.writer('test');
      const garbage = (key: string | null, value: string) => ({
        topic: topic.controls,
        partition: 0,
        key,
        value,
      });
      await writer.write([
        garbage(bad.id, '{'),
        garbage('x', JSON.stringify(good)),
        garbage('y', '{"id":"y"}'),
      ]);
      await writer.close();
      const board = await openOn(there);
      expect(board.all()).toEqual([good]);
      expect(lines.filter((line) => line.includes('unreadable control'))).toHaveLength(3);
    });
  });
});

describe.skipIf(address === undefined)('while Kafka is away', () => {
  it('what is known stays in force, and the rest follows when it is back', async () => {
    const buses = new TestBuses(address ?? '');
    closing.push(() => buses.close());
    const line = await Line.open(address ?? '');
    closing.push(async () => line.close());
    const [near, far] = [await buses.open(), await buses.open({ socketFactory: line.socketFactory })];
    await near.setup(specs);
    const book = new ControlBook({ bus: near, logger, clock: Date.now });
    const first = await book.add(wish, none);
    const board = await openOn(far);
    line.cut();
    await vi.waitFor(() => expect(lines.join('')).toContain('stay in force'), { timeout: 30_000 });
    await book.undo(first.id, 'bo', none);
    const second = await book.add({ ...wish, scope: { rule: 'r' } }, none);
    expect(board.all()).toEqual([first]);
    line.mend();
    await vi.waitFor(() => expect(board.all()).toEqual([second]), { timeout: 30_000 });
  });
});

describe('the book', () => {
  it('takes away what expired a week ago, and refuses what would be over', async () => {
    const { bus, close } = await openEmbeddedHarness();
    closing.push(close);
    await bus.setup(specs);
    let now = Date.parse('2026-11-21T00:00:00.000Z');
    const book = new ControlBook({ bus, logger, clock: () => now });
    const soonOver = await book.add({ ...wish, until: '2026-11-21T01:00:00.000Z' }, none);
    now = Date.parse('2026-11-27T00:00:00.000Z');
    await book.add({ ...wish, scope: { rule: 'a' } }, none);
    expect((await book.list()).map(({ id }) => id)).toContain(soonOver.id);
    now = Date.parse('2026-11-28T01:00:00.000Z');
    await book.add({ ...wish, scope: { rule: 'b' } }, none);
    expect((await book.list()).map(({ scope }) => scope)).toEqual([{ rule: 'b' }, { rule: 'a' }]);
  });

  it('takes away what is for one opening of an incident after a month, for it has no other end', async () => {
    const { bus, close } = await openEmbeddedHarness();
    closing.push(close);
    await bus.setup(specs);
    let now = Date.parse('2026-11-21T00:00:00.000Z');
    const book = new ControlBook({ bus, logger, clock: () => now });
    const scope = { incident: '0-f-a' };
    await book.add({ ...wish, scope, opening: 1 }, none);
    await book.add({ ...wish, scope, opening: 2 }, none);
    await book.add({ ...wish, scope }, none);
    now += 29 * 24 * 3_600_000;
    await book.add({ ...wish, scope: { rule: 'a' } }, none);
    expect(await book.list()).toHaveLength(4);
    now += 24 * 3_600_000;
    await book.add({ ...wish, scope: { rule: 'b' } }, none);
    expect((await book.list()).map((one) => one.scope)).toEqual([{ rule: 'b' }, { rule: 'a' }, scope]);
    await expect(book.add({ ...wish, until: '2026-11-28T01:00:00.000Z' }, none)).rejects.toMatchObject({
      kind: 'usage',
    });
  });
});
