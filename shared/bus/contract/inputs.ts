import { describe, it, vi } from 'vitest';
import type { StageDefinition, StageInput } from '../port.ts';
import {
  type BusHarness,
  batchStage,
  behind,
  copyOf,
  gate,
  makeTopic,
  numbers,
  patience,
  readAll,
  readCount,
  unique,
  valuesOf,
  writeNumbers,
} from './harness.ts';

/** What a stage is given besides batches, and when. */
export function inputContract(harness: () => BusHarness): void {
  describe('inputs', () => {
    it('ticks once a second, and says whether the stage has caught up', async ({ expect }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus);
      await writeNumbers(bus, input, 1, 0, 4);
      const ticks: { at: number; caughtUp: boolean }[] = [];
      const batches: { values: number[]; caughtUp: boolean }[] = [];
      let paused = true;
      const stage: StageDefinition = {
        group: unique('group'),
        input,
        start: 'committed',
        state: [],
        maxBatchBytes: 1,
        task: () => ({
          handle: (given) => {
            if (given.kind === 'tick') {
              ticks.push({ at: performance.now(), caughtUp: given.caughtUp });
              if (ticks.length >= 4) paused = false;
              return { records: [], paused };
            }
            if (given.kind === 'effect') return { records: [] };
            batches.push({ values: valuesOf(given.records), caughtUp: given.caughtUp });
            return { records: [], covers: behind(given.records), paused };
          },
        }),
      };
      const { member } = await join(stage);
      await vi.waitUntil(() => batches.length === 4, patience);
      const waiting = ticks.length;
      await vi.waitUntil(() => ticks.length > waiting + 1, patience);
      await member.stop();
      expect(batches.map(({ values }) => values)).toEqual([[0], [1], [2], [3]]);
      expect(batches.map(({ caughtUp }) => caughtUp)).toEqual([false, false, false, true]);
      expect(ticks.slice(0, 4).map(({ caughtUp }) => caughtUp)).toEqual([false, false, false, false]);
      expect(ticks.at(-1)?.caughtUp).toBe(true);
      const [first] = ticks;
      const fourth = ticks[3];
      const span = (fourth?.at ?? 0) - (first?.at ?? 0);
      expect(span).toBeGreaterThan(2700);
      expect(span).toBeLessThan(6000);
    });

    it('gives no batch while the stage is paused, and goes on where it left off', async ({ expect }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus);
      const output = await makeTopic(bus);
      await writeNumbers(bus, input, 1, 0, 10);
      let ticksWhilePaused = 0;
      let isPaused = false;
      let isBroken = false;
      const stage: StageDefinition = {
        group: unique('group'),
        input,
        start: 'committed',
        state: [],
        maxBatchBytes: 3,
        task: () => ({
          handle: (given) => {
            if (given.kind === 'batch') {
              isBroken ||= isPaused;
              const records = given.records.map((record) => copyOf(record, output, 'me'));
              isPaused = ticksWhilePaused < 2;
              return { records, covers: behind(given.records), paused: isPaused };
            }
            if (!isPaused) return { records: [] };
            ticksWhilePaused += 1;
            if (ticksWhilePaused < 2) return { records: [] }; // `paused` absent: it stays as it was
            isPaused = false;
            return { records: [], paused: false };
          },
        }),
      };
      const { member } = await join(stage);
      await readCount(bus, output, 10);
      await member.stop();
      expect(isBroken).toBe(false);
      expect(ticksWhilePaused).toBe(2);
      expect((await readAll(bus, output)).map((record) => Number(record.value))).toEqual(numbers(10));
    });

    it('starts effects after the commit, gives their outcomes back, and aborts them when it stops', async ({
      expect,
    }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus);
      const output = await makeTopic(bus);
      await writeNumbers(bus, input, 1, 0, 1);
      const group = unique('group');
      const seenByEffect: number[] = [];
      const outcomes: string[] = [];
      let aborted = false;
      let isWaiting = false;
      const handle = (given: StageInput<string>) => {
        if (given.kind === 'batch') {
          return {
            records: given.records.map((record) => copyOf(record, output, 'batch')),
            covers: behind(given.records),
            effects: [
              async () => {
                seenByEffect.push((await readAll(bus, output)).length);
                return 'done';
              },
            ],
          };
        }
        if (given.kind !== 'effect') return { records: [] };
        outcomes.push(given.outcome);
        const endless = (signal: AbortSignal) =>
          new Promise<string>((resolve) => {
            isWaiting = true;
            signal.addEventListener('abort', () => {
              aborted = true;
              resolve('aborted');
            });
          });
        return {
          records: [{ topic: output, key: null, value: given.outcome, partition: 0 }],
          effects: [endless],
        };
      };
      const stage: StageDefinition<string> = {
        group,
        input,
        start: 'committed',
        state: [],
        task: () => ({ handle }),
      };
      const { member } = await join(stage);
      await vi.waitUntil(() => isWaiting, patience);
      await member.stop();
      expect(seenByEffect).toEqual([1]);
      expect(outcomes).toEqual(['done']);
      expect(aborted).toBe(true);
      expect((await readAll(bus, output)).map((record) => String(record.value))).toEqual(['0', 'done']);
    });

    it('aborts the effects of a partition that goes to another member, and of no other', async ({
      expect,
    }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus, { partitions: 2 });
      const group = unique('group');
      await writeNumbers(bus, input, 2, 0, 2);
      const running = new Set<number>();
      const aborted = new Set<number>();
      const endless = (partition: number) => (signal: AbortSignal) =>
        new Promise<never>((_, reject) => {
          running.add(partition);
          signal.addEventListener('abort', () => {
            aborted.add(partition);
            reject(signal.reason);
          });
        });
      const first = await join(
        batchStage(group, input, (records, partition) => ({
          records: [],
          covers: behind(records),
          effects: [endless(partition)],
        })),
      );
      await vi.waitUntil(() => running.size === 2, patience);
      const second = await join(batchStage(group, input, () => ({ records: [] })));
      await vi.waitUntil(() => second.member.active().length === 1, patience);
      await vi.waitUntil(() => aborted.size > 0, patience);
      expect([...aborted]).toEqual(second.member.active());
      await Promise.all([first.member.stop(), second.member.stop()]);
    });

    it('holds up only its own partition while a handle waits', async ({ expect }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus, { partitions: 2 });
      const output = await makeTopic(bus, { partitions: 2 });
      const group = unique('group');
      const door = gate();
      let overlap = 0;
      const running = new Set<number>();
      const stage = batchStage(group, input, async (records, partition) => {
        if (running.has(partition)) overlap += 1;
        running.add(partition);
        if (partition === 0) await door.opened;
        running.delete(partition);
        return { records: records.map((record) => copyOf(record, output, 'me')), covers: behind(records) };
      });
      const { member } = await join(stage);
      await writeNumbers(bus, input, 2, 0, 2);
      await vi.waitUntil(() => running.has(0), patience);
      await writeNumbers(bus, input, 2, 2, 20);
      const others = await readCount(bus, output, 11);
      expect(others.every((record) => record.partition === 1)).toBe(true);
      door.open();
      await readCount(bus, output, 22);
      await member.stop();
      expect(valuesOf(await readAll(bus, output))).toEqual(numbers(22));
      expect(overlap).toBe(0);
    });
  });
}
