import { describe, it, vi } from 'vitest';
import {
  type BusHarness,
  copyStage,
  makeTopic,
  numbers,
  type Participant,
  patience,
  readAll,
  readCount,
  unique,
  valuesOf,
  writeNumbers,
} from './harness.ts';

/** Members come, go, and die; every record is handled once. */
export function membershipContract(harness: () => BusHarness): void {
  describe('membership', () => {
    it('lets a standby take over after a stop', async ({ expect }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus);
      const output = await makeTopic(bus);
      const group = unique('group');
      const first = await join(copyStage(group, input, output, 'first'));
      await vi.waitUntil(() => first.member.active().length === 1, patience);
      const standby = await join(copyStage(group, input, output, 'standby'));
      await writeNumbers(bus, input, 1, 0, 5);
      await readCount(bus, output, 5);
      const firstOwners = [first, standby].filter(({ member }) => member.active().length > 0);
      expect(firstOwners).toHaveLength(1);
      const [owner] = firstOwners;
      expect(await bus.members([group, 'nobody'])).toEqual(
        new Map([
          [group, 2],
          ['nobody', 0],
        ]),
      );
      await owner?.member.stop();
      await expect(owner?.member.ended).resolves.toBeUndefined();
      await writeNumbers(bus, input, 1, 5, 5);
      const records = await readCount(bus, output, 10);
      const other = owner === first ? standby : first;
      expect(other.member.active()).toEqual([0]);
      await other.member.stop();
      expect(valuesOf(records)).toEqual(numbers(10));
    });

    it('lets a standby take over after a death', async ({ expect }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus);
      const output = await makeTopic(bus);
      const group = unique('group');
      const first = await join(copyStage(group, input, output, 'first'));
      await writeNumbers(bus, input, 1, 0, 5);
      await readCount(bus, output, 5);
      await first.die();
      const standby = await join(copyStage(group, input, output, 'standby'));
      await writeNumbers(bus, input, 1, 5, 5);
      await readCount(bus, output, 10);
      await standby.member.stop();
      const records = await readAll(bus, output);
      expect(valuesOf(records)).toEqual(numbers(10));
      expect(records.slice(5).map((record) => record.headers.by)).toEqual(Array(5).fill('standby'));
    });

    it('handles every record once while one to five members join and leave', async ({ expect }) => {
      const { bus, join } = harness();
      const partitions = 6;
      const input = await makeTopic(bus, { partitions });
      const output = await makeTopic(bus, { partitions });
      const group = unique('group');
      const stage = (by: number) => copyStage(group, input, output, String(by), { maxBatchBytes: 200 });
      const members: Participant[] = [];
      let written = 0;
      const load = async () => {
        await writeNumbers(bus, input, partitions, written, 200);
        written += 200;
      };
      for (const size of [1, 2, 5, 3, 1]) {
        const joining = Array.from({ length: Math.max(size - members.length, 0) }, (_, index) =>
          join(stage(members.length + index)),
        );
        members.push(...(await Promise.all(joining)));
        const leaving = members.splice(size);
        await load();
        await Promise.all([...leaving.map(({ member }) => member.stop()), load()]);
        await vi.waitUntil(
          () => new Set(members.flatMap(({ member }) => member.active())).size === partitions,
          patience,
        );
        await load();
      }
      await readCount(bus, output, written);
      await Promise.all(members.map(({ member }) => member.stop()));
      const records = await readAll(bus, output);
      expect(valuesOf(records)).toEqual(numbers(written));
      for (const partition of numbers(partitions)) {
        const inOrder = records
          .filter((record) => record.partition === partition)
          .map((record) => Number(record.value));
        expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
      }
    });
  });
}
