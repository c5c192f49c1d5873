import { randomBytes } from 'node:crypto';
import { describe, it } from 'vitest';
import { type BusHarness, behind, makeTopic, mebibyte, readAll, text, unique } from './harness.ts';

/** Records come back as they were written, and a write is all or nothing. */
export function recordContract(harness: () => BusHarness): void {
  describe('records', () => {
    it('keeps keys, tombstones, headers, binary values and 2 MB as they were written', async ({ expect }) => {
      const { bus } = harness();
      const topic = await makeTopic(bus, { partitions: 2 });
      const binary = Buffer.from([0, 255, 254, 10, 0, 128]);
      const large = randomBytes(2 * mebibyte);
      const before = Date.now();
      const writer = await bus.writer(unique('writer'));
      await writer.write([
        { topic, key: null, value: 'no key', partition: 1, headers: { a: '1', b: '错误' } },
        { topic, key: '钥匙', value: null, partition: 1 },
        { topic, key: 'binary', value: binary, partition: 1 },
        { topic, key: 'empty', value: '', partition: 1 },
        { topic, key: 'large', value: large, partition: 1 },
      ]);
      await writer.close();
      const records = await readAll(bus, topic);
      expect(records.map((record) => record.key?.toString('utf8') ?? null)).toEqual([
        null,
        '钥匙',
        'binary',
        'empty',
        'large',
      ]);
      expect(records.map((record) => record.partition)).toEqual([1, 1, 1, 1, 1]);
      const ends = await bus.ends(topic);
      expect([...ends.keys()]).toEqual([0, 1]);
      expect(ends.get(0)).toBe(0);
      // Kafka counts the mark of the transaction too.
      expect(ends.get(1)).toBeGreaterThan(records.at(-1)?.offset ?? 0);
      expect(await Array.fromAsync(bus.read(topic, { from: ends }))).toEqual([]);
      expect(records[0]?.headers).toEqual({ a: '1', b: '错误' });
      expect(records[1]?.value).toBeNull();
      expect(records[1]?.headers).toEqual({});
      expect(records[2]?.value?.equals(binary)).toBe(true);
      expect(records[3]?.value?.length).toBe(0);
      expect(records[4]?.value?.equals(large)).toBe(true);
      const offsets = records.map((record) => record.offset);
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
      for (const { timestamp } of records) {
        expect(timestamp).toBeGreaterThan(before - 60_000);
        expect(timestamp).toBeLessThan(Date.now() + 60_000);
      }
    });

    it('sends a key to the same partition every time, and many keys to all of them', async ({ expect }) => {
      const { bus } = harness();
      const topic = await makeTopic(bus, { partitions: 3 });
      const writer = await bus.writer(unique('writer'));
      const keys = Array.from({ length: 60 }, (_, index) => `key-${index % 30}`);
      await writer.write(keys.map((key) => ({ topic, key, value: 'x' })));
      await writer.close();
      const partitions = new Map<string, Set<number>>();
      for (const record of await readAll(bus, topic)) {
        const key = String(record.key);
        partitions.set(key, (partitions.get(key) ?? new Set()).add(record.partition));
      }
      expect([...partitions.values()].every((set) => set.size === 1)).toBe(true);
      expect(new Set([...partitions.values()].flatMap((set) => [...set]))).toEqual(new Set([0, 1, 2]));
    });

    it('writes all records of a call or none', async ({ expect }) => {
      const { bus } = harness();
      const topic = await makeTopic(bus, { partitions: 2, maxRecordBytes: 64 * 1024 });
      const writer = await bus.writer(unique('writer'));
      await expect(
        writer.write([
          { topic, key: null, value: 'fits', partition: 0 },
          { topic, key: null, value: randomBytes(128 * 1024), partition: 1 },
        ]),
      ).rejects.toMatchObject({ kind: 'poison' });
      expect(await readAll(bus, topic)).toEqual([]);
      await writer.write([{ topic, key: null, value: 'goes on', partition: 0 }]);
      expect((await readAll(bus, topic)).map(text)).toEqual(['goes on']);
      await writer.close();
    });

    it('lets a second writer of an id fence the first', async ({ expect }) => {
      const { bus } = harness();
      const topic = await makeTopic(bus);
      const id = unique('writer');
      const first = await bus.writer(id);
      await first.write([{ topic, key: null, value: 'first' }]);
      const second = await bus.writer(id);
      await second.write([{ topic, key: null, value: 'second' }]);
      await expect(first.write([{ topic, key: null, value: 'late' }])).rejects.toMatchObject({
        kind: 'fenced',
      });
      await second.write([{ topic, key: null, value: 'third' }]);
      expect((await readAll(bus, topic)).map(text)).toEqual(['first', 'second', 'third']);
      await first.close();
      await second.close();
    });

    it('reads up to the end as it is, from anywhere, also where there is nothing', async ({ expect }) => {
      const { bus } = harness();
      const topic = await makeTopic(bus, { partitions: 2 });
      expect(await readAll(bus, topic)).toEqual([]);
      const writer = await bus.writer(unique('writer'));
      await writer.write([0, 1, 2, 3].map((n) => ({ topic, key: null, value: String(n), partition: n % 2 })));
      const records = await readAll(bus, topic);
      expect(records.map(text).toSorted()).toEqual(['0', '1', '2', '3']);

      const seen: string[] = [];
      for await (const record of bus.read(topic, { partition: 1 })) {
        if (seen.length === 0) await writer.write([{ topic, key: null, value: 'later', partition: 1 }]);
        seen.push(text(record));
      }
      expect(seen).toEqual(['1', '3']);
      await writer.close();

      const second = records.filter((record) => record.partition === 0)[1];
      const rest: string[] = [];
      const from = new Map([
        [0, second?.offset ?? 0],
        [1, behind(records.filter((record) => record.partition === 1))],
      ]);
      for await (const record of bus.read(topic, { from })) rest.push(text(record));
      expect(rest.toSorted()).toEqual(['2', 'later']);
    });
  });
}
