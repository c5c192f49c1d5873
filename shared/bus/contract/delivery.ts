import { randomBytes } from 'node:crypto';
import { describe, it, vi } from 'vitest';
import { LogpatrolError } from '#shared/errors/index.ts';
import {
  type BusHarness,
  batchStage,
  behind,
  copyOf,
  copyStage,
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

const small = 64 * 1024;
const tooLarge = randomBytes(2 * small); // random, so that no compression makes it fit

/** Output and offset are one transaction, whatever fails between. */
export function deliveryContract(harness: () => BusHarness): void {
  describe('delivery', () => {
    it('publishes each output exactly once over failures of the stage and of its transactions', async ({
      expect,
    }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus, { partitions: 2 });
      const output = await makeTopic(bus, { partitions: 2, maxRecordBytes: small });
      await writeNumbers(bus, input, 2, 0, 300);
      let calls = 0;
      const failing = new Set([2, 5, 6]);
      const stage = batchStage(
        unique('group'),
        input,
        (records) => {
          calls += 1;
          if (failing.has(calls)) throw new LogpatrolError('unreachable', 'the far side does not answer');
          const out = records.map((record) => copyOf(record, output, `call ${calls}`));
          if (calls === 4) out.push({ topic: output, key: null, value: tooLarge, partition: 0 });
          return { records: out, covers: behind(records) };
        },
        { maxBatchBytes: 60 },
      );
      const { member } = await join(stage);
      await readCount(bus, output, 300);
      await member.stop();
      const records = await readAll(bus, output);
      expect(valuesOf(records)).toEqual(numbers(300));
      expect(new Set(records.map((record) => record.headers.by))).not.toContain('call 4');
      expect(await readAll(bus, `dlq.${input}`)).toEqual([]);
    });

    it('publishes nothing and commits nothing of a transaction that fails', async ({ expect }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus);
      const output = await makeTopic(bus, { maxRecordBytes: small });
      const group = unique('group');
      await writeNumbers(bus, input, 1, 0, 3);
      const hold = gate();
      const seen: string[] = [];
      const stage = batchStage(group, input, async (records) => {
        seen.push(valuesOf(records).join());
        if (seen.length > 1) await hold.opened;
        const out = records.map((record) => copyOf(record, output, `attempt ${seen.length}`));
        if (seen.length === 1) out.push({ topic: output, key: null, value: tooLarge, partition: 0 });
        return { records: out, covers: behind(records) };
      });
      const { member } = await join(stage);
      await vi.waitUntil(() => seen.length === 2, patience);
      expect(seen).toEqual(['0,1,2', '0']);
      expect(await readAll(bus, output)).toEqual([]);
      expect(await bus.committed(group, input)).toEqual(new Map());
      hold.open();
      await readCount(bus, output, 3);
      await member.stop();
      expect(valuesOf(await readAll(bus, output))).toEqual([0, 1, 2]);
    });

    it('refuses the late result of an owner that stalled past its session', async ({ expect }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus);
      const output = await makeTopic(bus);
      const group = unique('group');
      await writeNumbers(bus, input, 1, 0, 5);
      const late = gate();
      let started = false;
      const slow = batchStage(group, input, async (records) => {
        started = true;
        await late.opened;
        return {
          records: records.map((record) => copyOf(record, output, 'stalled')),
          covers: behind(records),
        };
      });
      const stalled = await join(slow);
      await vi.waitUntil(() => started, patience);
      await stalled.stall();
      const rightful = await join(copyStage(group, input, output, 'rightful'));
      await readCount(bus, output, 5);
      late.open();
      await stalled.wake();
      await writeNumbers(bus, input, 1, 5, 5);
      await readCount(bus, output, 10);
      await stalled.member.stop();
      await rightful.member.stop();
      const records = await readAll(bus, output);
      expect(valuesOf(records)).toEqual(numbers(10));
      expect(records.slice(0, 5).map((record) => record.headers.by)).toEqual(Array(5).fill('rightful'));
    });

    it('gives a successor what was held back, from the offset that was covered', async ({ expect }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus);
      const output = await makeTopic(bus);
      const group = unique('group');
      await writeNumbers(bus, input, 1, 0, 6);
      const offsets: number[] = [];
      const holding = batchStage(group, input, (records) => {
        offsets.push(...records.map((record) => record.offset));
        return { records: [] };
      });
      const first = await join(holding);
      await vi.waitUntil(() => offsets.length === 6, patience);
      await first.member.stop();
      expect(await bus.committed(group, input)).toEqual(new Map());

      const kept: number[] = [];
      const partly = batchStage(group, input, (records) => {
        kept.push(...valuesOf(records));
        return {
          records: records.slice(0, 4).map((record) => copyOf(record, output, 'second')),
          covers: offsets[4] ?? 0,
        };
      });
      const second = await join(partly);
      await vi.waitUntil(async () => (await bus.committed(group, input)).get(0) === offsets[4], patience);
      await second.member.stop();
      expect(kept).toEqual([0, 1, 2, 3, 4, 5]);

      const third = await join(copyStage(group, input, output, 'third'));
      await readCount(bus, output, 6);
      await third.member.stop();
      const records = await readAll(bus, output);
      expect(records.map((record) => [Number(record.value), record.headers.by])).toEqual([
        [0, 'second'],
        [1, 'second'],
        [2, 'second'],
        [3, 'second'],
        [4, 'third'],
        [5, 'third'],
      ]);
    });

    it("reads from the beginning at every takeover where the stage's start says so", async ({ expect }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus, { cleanup: 'compact' });
      const writer = await bus.writer(unique('writer'));
      await writer.write(['a', 'b', 'c'].map((key) => ({ topic: input, key, value: key })));
      await writer.close();
      const group = unique('group');
      for (const round of [1, 2]) {
        const seen: string[] = [];
        const stage = batchStage(
          group,
          input,
          (records) => {
            seen.push(...records.map((record) => String(record.key)));
            return { records: [], covers: behind(records) };
          },
          { start: 'beginning' },
        );
        const { member } = await join(stage);
        await vi.waitUntil(() => seen.length >= 3, patience);
        await member.stop();
        expect(seen, `round ${round}`).toEqual(['a', 'b', 'c']);
      }
    });
  });
}
