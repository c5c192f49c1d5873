import { describe, it, vi } from 'vitest';
import type { TopicSpec } from '../port.ts';
import {
  type BusHarness,
  copyStage,
  makeTopic,
  mebibyte,
  patience,
  unique,
  writeNumbers,
} from './harness.ts';

/** Topics are made by set-up alone, and a wrong one is told. */
export function topicContract(harness: () => BusHarness): void {
  describe('topics', () => {
    it('are made once, changed where that loses nothing, and only told of in a dry run', async ({
      expect,
    }) => {
      const { bus } = harness();
      const spec: TopicSpec = {
        name: unique('topic'),
        partitions: 2,
        cleanup: 'delete',
        retentionMs: 86_400_000,
        maxRecordBytes: mebibyte,
      };
      const missing = await bus.verify([spec]);
      expect(missing).toHaveLength(1);
      expect(missing[0]).toContain(spec.name);
      const plan = await bus.setup([spec], { dryRun: true });
      expect(plan.map((change) => change.action)).toEqual(['create']);
      expect(await bus.verify([spec])).toHaveLength(1);
      expect((await bus.setup([spec])).map((change) => change.action)).toEqual(['create']);
      expect(await bus.verify([spec])).toEqual([]);
      expect((await bus.setup([spec])).map((change) => change.action)).toEqual(['none']);

      const changed = { ...spec, partitions: 3, retentionMs: 2 * 86_400_000 };
      const lines = await bus.verify([changed]);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain('partitions');
      expect((await bus.setup([changed])).map((change) => change.action)).toEqual(['update']);
      expect(await bus.verify([changed])).toEqual([]);
      expect(await bus.verify([spec])).toHaveLength(1);
    });

    it('must exist before they are used', async ({ expect }) => {
      const { bus, join } = harness();
      const unknown = unique('unknown');
      const topic = await makeTopic(bus);
      await expect(join(copyStage(unique('group'), unknown, topic))).rejects.toMatchObject({
        kind: 'unusable-environment',
        message: expect.stringContaining(unknown),
      });
      const writer = await bus.writer(unique('writer'));
      await expect(writer.write([{ topic: unknown, key: null, value: 'x' }])).rejects.toMatchObject({
        kind: 'unusable-environment',
        message: expect.stringContaining(unknown),
      });
      await writer.close();
    });

    it('tell what a group has committed', async ({ expect }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus, { partitions: 3 });
      const output = await makeTopic(bus, { partitions: 3 });
      const group = unique('group');
      expect(await bus.committed(group, input)).toEqual(new Map());
      await writeNumbers(bus, input, 2, 0, 10); // nothing on the third partition
      const { member } = await join(copyStage(group, input, output));
      const committed = await vi.waitUntil(async () => {
        const offsets = await bus.committed(group, input);
        return offsets.size === 2 && (offsets.get(0) ?? 0) >= 5 && (offsets.get(1) ?? 0) >= 5 && offsets;
      }, patience);
      await member.stop();
      expect([...committed.keys()].toSorted()).toEqual([0, 1]);
      expect((await bus.health()).ok).toBe(true);
    });
  });
}
