import { randomBytes } from 'node:crypto';
import { describe, it, vi } from 'vitest';
import type { OutRecord, StageDefinition } from '../port.ts';
import {
  type BusHarness,
  behind,
  countingTask,
  makeTopic,
  patience,
  readAll,
  text,
  unique,
} from './harness.ts';

/** State is a compacted topic, read whole at every takeover. */
export function stateContract(harness: () => BusHarness): void {
  describe('state', () => {
    it('is read whole before anything else: every state topic, this partition only, tombstones included', async ({
      expect,
    }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus, { partitions: 2 });
      const own = await makeTopic(bus, { partitions: 2, cleanup: 'compact' });
      const other = await makeTopic(bus, { partitions: 2, cleanup: 'compact' });
      const keys = 2500;
      const records: OutRecord[] = [];
      for (let index = 0; index < keys; index += 1) {
        records.push({ topic: own, key: `key-${index}`, value: `old-${index}`, partition: 1 });
      }
      for (let index = 0; index < keys; index += 1) {
        const value = index % 10 === 0 ? null : `new-${index}`;
        records.push({ topic: own, key: `key-${index}`, value, partition: 1 });
      }
      records.push({ topic: own, key: 'elsewhere', value: 'no', partition: 0 });
      records.push({ topic: other, key: 'other', value: 'yes', partition: 1 });
      const writer = await bus.writer(unique('writer'));
      await writer.write(records);
      await writer.write([{ topic: input, key: null, value: 'go', partition: 1 }]);
      await writer.close();

      const restored = new Map<string, string>();
      const topics = new Set<string>();
      const strange: string[] = [];
      let calledBefore = false;
      let atFirstCall: number | undefined;
      const stage: StageDefinition = {
        group: unique('group'),
        input,
        start: 'committed',
        state: [own, other],
        task: (partition) => ({
          restore: (record) => {
            if (partition !== 1) return;
            calledBefore ||= atFirstCall !== undefined;
            topics.add(record.topic);
            const key = String(record.key);
            if (!/^(key-\d+|other)$/.test(key) || record.partition !== 1) strange.push(key);
            if (record.value === null) restored.delete(key);
            else restored.set(key, text(record));
          },
          handle: (given) => {
            if (partition === 1 && given.kind === 'batch') atFirstCall ??= restored.size;
            return { records: [], ...(given.kind === 'batch' && { covers: behind(given.records) }) };
          },
        }),
      };
      const { member } = await join(stage);
      await vi.waitUntil(() => atFirstCall !== undefined, patience);
      await member.stop();
      expect(atFirstCall).toBe(keys * 0.9 + 1);
      expect(calledBefore).toBe(false);
      expect(strange).toEqual([]);
      expect(topics).toEqual(new Set([own, other]));
      expect(restored.get('key-1')).toBe('new-1');
      expect(restored.has('key-10')).toBe(false);
    });

    it('keeps counts exact over a death and a stop', async ({ expect }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus);
      const state = await makeTopic(bus, { cleanup: 'compact' });
      const stage: StageDefinition = {
        group: unique('group'),
        input,
        start: 'committed',
        state: [state],
        maxBatchBytes: 40,
        task: (partition) => countingTask(state, partition),
      };
      const writer = await bus.writer(unique('writer'));
      const load = () =>
        writer.write(
          Array.from({ length: 90 }, (_, index) => ({
            topic: input,
            key: `key-${index % 3}`,
            value: 'x'.repeat(8),
            partition: 0,
          })),
        );
      const total = async () => {
        const counts = new Map<string, number>();
        for (const record of await readAll(bus, state)) {
          if (String(record.key).startsWith('key-')) counts.set(String(record.key), Number(text(record)));
        }
        return Object.fromEntries(counts);
      };
      await load();
      const first = await join(stage);
      await vi.waitUntil(
        async () => (await bus.committed(stage.group, input)).get(0) !== undefined,
        patience,
      );
      await first.die();
      await load();
      const second = await join(stage);
      await vi.waitUntil(() => second.member.active().length === 1, patience);
      await second.member.stop();
      await load();
      const third = await join(stage);
      const expected = { 'key-0': 90, 'key-1': 90, 'key-2': 90 };
      await vi.waitFor(async () => expect(await total()).toEqual(expected), { ...patience, interval: 200 });
      await third.member.stop();
      expect(await total()).toEqual(expected);
      await writer.close();
    });

    it('never shows what a failed transaction wrote', async ({ expect }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus);
      const state = await makeTopic(bus, { cleanup: 'compact' });
      const output = await makeTopic(bus, { maxRecordBytes: 64 * 1024 });
      const writer = await bus.writer(unique('writer'));
      await writer.write([{ topic: state, key: 'kept', value: 'before', partition: 0 }]);
      await writer.write([{ topic: input, key: null, value: 'go', partition: 0 }]);
      await writer.close();
      const lives: string[][] = [];
      let failures = 0;
      const stage: StageDefinition = {
        group: unique('group'),
        input,
        start: 'committed',
        state: [state],
        task: () => {
          const restored: string[] = [];
          lives.push(restored);
          return {
            restore: (record) => void restored.push(text(record)),
            handle: (given) => {
              if (given.kind !== 'batch') return { records: [] };
              if (failures > 0) return { records: [], covers: behind(given.records) };
              failures += 1;
              const aborted = { topic: state, key: 'kept', value: 'aborted', partition: 0 };
              const tooLarge = { topic: output, key: null, value: randomBytes(128 * 1024), partition: 0 };
              return { records: [aborted, tooLarge], covers: behind(given.records) };
            },
          };
        },
      };
      const { member } = await join(stage);
      await vi.waitUntil(async () => (await bus.committed(stage.group, input)).has(0), patience);
      await member.stop();
      expect(lives.length).toBeGreaterThan(1);
      for (const restored of lives) expect(restored).toEqual(['before']);
      const left = await readAll(bus, state);
      expect(left.filter((record) => String(record.key) === 'kept').map(text)).toEqual(['before']);
    });
  });
}
