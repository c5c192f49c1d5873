import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OutRecord, TopicSpec } from '../port.ts';
import { type BusData, openData } from './data.ts';

const hour = 3_600_000;
const maxBytes = 4e6;
const log: TopicSpec = { name: 'log', partitions: 1, cleanup: 'delete', maxRecordBytes: 1e6 };

describe('retention', () => {
  let data: BusData;
  let now = 0;
  let dataDir = '';

  beforeEach(() => {
    now = 1_763_683_200_000;
    dataDir = mkdtempSync(join(tmpdir(), 'logpatrol-retention-'));
    data = openData(dataDir, maxBytes, pino({ level: 'silent' }), () => now);
    return () => {
      data.database.close();
      rmSync(dataDir, { recursive: true });
    };
  });

  const setup = (...specs: TopicSpec[]) => data.catalog.setup(specs, false);
  const write = (...records: OutRecord[]) => data.database.transaction(() => data.log.append(records))();
  const left = (topic: string): string[] => {
    const partition = data.catalog.partition(topic, 0);
    const { records } = data.log.read(partition, 0, partition.nextOffset, Number.MAX_SAFE_INTEGER);
    return records.map((record) => `${record.key ?? ''}${record.value ?? '†'}`.slice(0, 8));
  };
  const consume = (group: string, topic: string, covers: number) => {
    const partition = data.catalog.partition(topic, 0);
    const { epoch } = data.database.transaction(() => data.progress.own(group, partition));
    data.database.transaction(() => data.progress.commit(group, partition, epoch, covers));
  };

  it('removes what is older than the topic keeps, and no offset is given twice', async () => {
    setup({ ...log, retentionMs: hour });
    write({ topic: 'log', key: null, value: 'old' });
    now += hour / 2;
    write({ topic: 'log', key: null, value: 'young' });
    now += hour / 2 + 1;
    await data.retention.sweep();
    expect(left('log')).toEqual(['young']);
    now += hour;
    await data.retention.sweep();
    expect(left('log')).toEqual([]);
    data.database.close();
    data = openData(dataDir, maxBytes, pino({ level: 'silent' }), () => now);
    write({ topic: 'log', key: null, value: 'new' });
    const partition = data.catalog.partition('log', 0);
    expect(data.log.read(partition, 0, 10, 10).records.map((record) => record.offset)).toEqual([2]);
    expect(partition.bytes).toBe(3);
  });

  it('keeps at least the bytes stated, and little more', async () => {
    setup({ ...log, retentionBytes: 1000 });
    const values = Array.from({ length: 50 }, (_, index) => String(index).padEnd(100));
    write(...values.map((value) => ({ topic: 'log', key: null, value })));
    await data.retention.sweep();
    expect(left('log')).toEqual(values.slice(40).map((value) => value.slice(0, 8)));
  });

  it('keeps the newest of each key whatever its age, and a tombstone for a day', async () => {
    setup({ ...log, name: 'state', cleanup: 'compact' });
    write({ topic: 'state', key: 'a', value: '1' }, { topic: 'state', key: 'b', value: '1' });
    write({ topic: 'state', key: 'a', value: '2' }, { topic: 'state', key: 'b', value: null });
    now += 23 * hour;
    await data.retention.sweep();
    expect(left('state')).toEqual(['a2', 'b†']);
    now += 2 * hour;
    await data.retention.sweep();
    expect(left('state')).toEqual(['a2']);
    write({ topic: 'state', key: 'b', value: '3' });
    now += 1000 * hour;
    await data.retention.sweep();
    expect(left('state')).toEqual(['a2', 'b3']);
  });

  it('removes old keys too where a compacted topic has a retention', async () => {
    setup({ ...log, name: 'deliveries', cleanup: 'compact,delete', retentionMs: hour });
    write({ topic: 'deliveries', key: 'a', value: '1' });
    now += hour + 1;
    write({ topic: 'deliveries', key: 'b', value: '1' });
    await data.retention.sweep();
    expect(left('deliveries')).toEqual(['b1']);
    write({ topic: 'deliveries', key: 'a', value: '2' });
    expect(left('deliveries')).toEqual(['b1', 'a2']);
  });

  it('removes, when space runs short, only what every group has read, and leaves what nobody reads', async () => {
    setup(log, { ...log, name: 'dlq.log' }, { ...log, name: 'state', cleanup: 'compact' });
    const value = 'x'.repeat(10_000);
    const fill = (topic: string, count: number) =>
      write(...Array.from({ length: count }, (_, index) => ({ topic, key: `k${index}`, value })));
    fill('dlq.log', 50);
    fill('state', 50);
    fill('log', 230);
    consume('fast', 'log', 230);
    await data.retention.sweep();
    expect(left('log').length).toBeLessThan(230); // `fast` is the only group known
    const before = left('log').length;
    fill('log', 230 - before);
    consume('slow', 'log', 0);
    await data.retention.sweep();
    expect(left('log')).toHaveLength(230);
    consume('slow', 'log', 460);
    consume('fast', 'log', 430);
    await data.retention.sweep();
    expect(left('log')).toHaveLength(30);
    expect(data.database.usedBytes).toBeLessThan(maxBytes * 0.8);
    expect(left('dlq.log')).toHaveLength(50);
    expect(left('state')).toHaveLength(50);
  });
});
