import { describe, it, vi } from 'vitest';
import type { BusRecord, StageDefinition } from '../port.ts';
import {
  type BusHarness,
  batchStage,
  behind,
  copyOf,
  makeTopic,
  patience,
  readAll,
  readCount,
  text,
  unique,
  valuesOf,
} from './harness.ts';

async function writeTexts(harness: BusHarness, topic: string, values: readonly string[]): Promise<void> {
  const writer = await harness.bus.writer(unique('writer'));
  await writer.write(
    values.map((value) => ({ topic, key: `k${value}`, value, partition: 0, headers: { from: 'test' } })),
  );
  await writer.close();
}

/** A record that a stage cannot handle does not stop the others. */
export function poisonContract(harness: () => BusHarness): void {
  describe('poison', () => {
    it('goes to the dead-letter topic with its headers, and the rest of the batch goes on once', async ({
      expect,
    }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus);
      const output = await makeTopic(bus);
      const group = unique('group');
      await writeTexts(harness(), input, ['0', '1', 'poison', '3', 'poison', '5']);
      const stage = batchStage(group, input, (records) => {
        if (records.some((record) => text(record) === 'poison')) throw new Error('cannot be read');
        return { records: records.map((record) => copyOf(record, output, 'me')), covers: behind(records) };
      });
      const { member } = await join(stage);
      await readCount(bus, output, 4);
      await writeTexts(harness(), input, ['6']);
      await readCount(bus, output, 5);
      await member.stop();
      expect(valuesOf(await readAll(bus, output))).toEqual([0, 1, 3, 5, 6]);
      const dead = await readAll(bus, `dlq.${input}`);
      expect(dead.map((record) => [String(record.key), text(record)])).toEqual([
        ['kpoison', 'poison'],
        ['kpoison', 'poison'],
      ]);
      expect(dead[0]?.headers).toMatchObject({
        from: 'test',
        'logpatrol-error': 'cannot be read',
        'logpatrol-stage': group,
        'logpatrol-topic': input,
        'logpatrol-partition': '0',
      });
    });

    it('is written with the offset that covers what was held back before it, and not before', async ({
      expect,
    }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus);
      const state = await makeTopic(bus, { cleanup: 'compact' });
      const output = await makeTopic(bus);
      const group = unique('group');
      await writeTexts(harness(), input, ['0', '1', 'poison', '3']);
      let isHolding = true;
      let lettersWhileHolding: number | undefined;
      const stage: StageDefinition = {
        group,
        input,
        start: 'committed',
        state: [state],
        task: () => {
          let held: BusRecord[] = [];
          return {
            handle: async (given) => {
              if (given.kind === 'batch') {
                if (given.records.some((record) => text(record) === 'poison')) throw new Error('bad');
                held.push(...given.records);
              }
              if (held.length === 3 && isHolding) {
                lettersWhileHolding = (await readAll(bus, `dlq.${input}`)).length;
                isHolding = false;
              }
              if (isHolding || held.length < 3) return { records: [] };
              const covered = held;
              held = [];
              return {
                records: covered.map((record) => copyOf(record, output, 'me')),
                covers: behind(covered),
              };
            },
          };
        },
      };
      const { member } = await join(stage);
      await readCount(bus, output, 3);
      await member.stop();
      expect(lettersWhileHolding).toBe(0);
      expect(valuesOf(await readAll(bus, output))).toEqual([0, 1, 3]);
      expect((await readAll(bus, `dlq.${input}`)).map(text)).toEqual(['poison']);
    });

    it('is dead-lettered once by a stage that always reads from the beginning', async ({ expect }) => {
      const { bus, join } = harness();
      const input = await makeTopic(bus, { cleanup: 'compact' });
      const group = unique('group');
      await writeTexts(harness(), input, ['0', 'poison', '2']);
      for (const round of [1, 2]) {
        const seen: string[] = [];
        const stage = batchStage(
          group,
          input,
          (records) => {
            if (records.some((record) => text(record) === 'poison')) throw new Error('bad');
            seen.push(...records.map(text));
            return { records: [] };
          },
          { start: 'beginning' },
        );
        const { member } = await join(stage);
        await vi.waitUntil(() => seen.includes('2'), patience);
        await member.stop();
        expect((await readAll(bus, `dlq.${input}`)).map(text), `round ${round}`).toEqual(['poison']);
      }
    });
  });
}
