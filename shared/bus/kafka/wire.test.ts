import { randomBytes } from 'node:crypto';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { kafkaAddress } from '#test/stack/addresses.ts';
import {
  batchStage,
  behind,
  copyStage,
  makeTopic,
  mebibyte,
  numbers,
  patience,
  readAll,
  readCount,
  text,
  unique,
  valuesOf,
  writeNumbers,
} from '../contract/harness.ts';
import type { Bus } from '../port.ts';
import { sends } from './producer.ts';
import { TestBuses } from './test-bus.ts';

const address = kafkaAddress();
const { None, GZIP, Snappy, LZ4, ZSTD } = kafkajs.CompressionTypes;

describe('sends', () => {
  it('are small enough for a batch, in order, and one for a record that is larger', () => {
    const values = [500_000, 300_000, 300_000, 2_000_000, 10].map((size) => randomBytes(size));
    const batches = [
      ...sends(
        values.map((value) => ({ topic: 't', key: null, value })),
        'p-',
      ),
    ];
    expect(batches.map(({ topicMessages }) => topicMessages?.[0]?.messages.length)).toEqual([2, 1, 1, 1]);
    expect(batches.map(({ compression }) => compression)).toEqual([LZ4, LZ4, None, LZ4]);
    expect(batches[0]?.topicMessages?.[0]?.topic).toBe('p-t');
    const sent = batches.flatMap(({ topicMessages }) => topicMessages?.[0]?.messages ?? []);
    expect(
      sent.map(({ value }) => values.findIndex((one) => value !== null && one.equals(Buffer.from(value)))),
    ).toEqual([0, 1, 2, 3, 4]);
  });
});

describe.skipIf(address === undefined)('on the wire to Kafka', { concurrent: true, timeout: 60_000 }, () => {
  const buses = new TestBuses(address ?? '');
  let bus: Bus;
  beforeAll(async () => {
    bus = await buses.open();
  });
  afterAll(() => buses.close());

  it.each([
    ['none', None],
    ['gzip', GZIP],
    ['snappy', Snappy],
    ['lz4', LZ4],
    ['zstd', ZSTD],
  ])('reads records compressed with %s', async (name, compression) => {
    const topic = await makeTopic(bus);
    const values = Array.from({ length: 2000 }, (_, at) => `${at} ${name} 无法连接 ${'x'.repeat(at % 300)}`);
    const producer = buses.kafka.producer();
    await producer.connect();
    await producer.send({
      topic: buses.prefix + topic,
      compression,
      messages: values.map((value) => ({ value, headers: { codec: name } })),
    });
    await producer.disconnect();
    const records = await readAll(bus, topic);
    expect(records.map(text)).toEqual(values);
    expect(records[7]?.headers).toEqual({ codec: name });
    const middle: string[] = [];
    for await (const record of bus.read(topic, { from: new Map([[0, 1990]]) })) middle.push(text(record));
    expect(middle).toEqual(values.slice(1990));
  });

  it('splits what is too much for one batch, in one transaction', async () => {
    const topic = await makeTopic(bus, { maxRecordBytes: mebibyte });
    const writer = await bus.writer(unique('writer'));
    const values = Array.from({ length: 5000 }, () => randomBytes(500));
    await writer.write(values.map((value) => ({ topic, key: null, value, partition: 0 })));
    await writer.close();
    const records = await readAll(bus, topic);
    expect(records.length).toBe(5000);
    expect(records.every((record, at) => record.value?.equals(values[at] ?? Buffer.of()))).toBe(true);
  });

  it('keeps a dead letter that only fits compressed, as its record did when it came', async () => {
    const topic = await makeTopic(bus, { maxRecordBytes: mebibyte });
    const value = 'a line of a log, again and again; '.repeat(60_000);
    const writer = await bus.writer(unique('writer'));
    await expect(writer.write([{ topic, key: null, value }])).rejects.toMatchObject({ kind: 'poison' });
    await writer.write([{ topic: `dlq.${topic}`, key: null, value }]);
    await writer.close();
    expect((await readAll(bus, `dlq.${topic}`)).map(text)).toEqual([value]);
  });

  it('fits a topic whose limit is smaller than a batch of ours', async () => {
    const topic = await makeTopic(bus, { maxRecordBytes: 32 * 1024 });
    const writer = await bus.writer(unique('writer'));
    const values = Array.from({ length: 20 }, () => randomBytes(20_000));
    await writer.write(values.map((value) => ({ topic, key: null, value, partition: 0 })));
    await writer.close();
    expect((await readAll(bus, topic)).length).toBe(20);
  });

  it('gives a stage no more bytes in a batch than it takes, and a larger record alone', async () => {
    const topic = await makeTopic(bus);
    const sizes = [40, 40, 40, 300, 40, 40].map((kilobytes) => kilobytes * 1024);
    const writer = await bus.writer(unique('writer'));
    await writer.write(sizes.map((size) => ({ topic, key: null, value: randomBytes(size), partition: 0 })));
    await writer.close();
    const batches: number[][] = [];
    const stage = batchStage(
      unique('group'),
      topic,
      (records) => {
        batches.push(records.map((record) => (record.value?.length ?? 0) / 1024));
        return { records: [], covers: behind(records) };
      },
      { maxBatchBytes: 100 * 1024 },
    );
    const member = await bus.run(stage);
    await vi.waitUntil(() => batches.flat().length === sizes.length, patience);
    await member.stop();
    expect(batches).toEqual([[40, 40], [40], [300], [40, 40]]);
  });

  it('keeps installations apart by their prefix', async () => {
    const other = new TestBuses(address ?? '');
    try {
      const theirs = await other.open();
      const names = {
        name: unique('topic'),
        partitions: 1,
        cleanup: 'delete',
        maxRecordBytes: mebibyte,
      } as const;
      const out = { ...names, name: unique('out') };
      const id = unique('writer');
      const group = unique('group');
      for (const each of [bus, theirs]) await each.setup([names, out]);
      const ours = await bus.writer(id);
      await (await theirs.writer(id)).write([{ topic: names.name, key: null, value: '100' }]);
      await ours.write([{ topic: names.name, key: null, value: '1' }]);
      const members = await Promise.all(
        [bus, theirs].map((each) => each.run(copyStage(group, names.name, out.name))),
      );
      expect(valuesOf(await readCount(bus, out.name, 1))).toEqual([1]);
      expect(valuesOf(await readCount(theirs, out.name, 1))).toEqual([100]);
      expect(members.map((member) => member.active())).toEqual([[0], [0]]);
      await Promise.all(members.map((member) => member.stop()));
    } finally {
      await other.close();
    }
  });

  it('leaves a partition in peace that stays with its member while another joins', async () => {
    const topic = await makeTopic(bus, { partitions: 2 });
    const output = await makeTopic(bus, { partitions: 2 });
    const takeovers: number[] = [];
    const observer = { takeover: ({ partition }: { partition: number }) => takeovers.push(partition) };
    const first = await (await buses.open({ observer, clientId: 'a' })).run(
      copyStage('stay', topic, output, 'first'),
    );
    await vi.waitUntil(() => first.active().length === 2, patience);
    const second = await (await buses.open({ clientId: 'b' })).run(
      copyStage('stay', topic, output, 'second'),
    );
    await vi.waitUntil(() => first.active().length === 1 && second.active().length === 1, patience);
    await writeNumbers(bus, topic, 2, 0, 10);
    const records = await readCount(bus, output, 10);
    expect(valuesOf(records)).toEqual(numbers(10));
    expect(new Set(records.map((record) => record.headers.by))).toEqual(new Set(['first', 'second']));
    expect(takeovers.toSorted()).toEqual([0, 1]);
    await Promise.all([first.stop(), second.stop()]);
  });
});
