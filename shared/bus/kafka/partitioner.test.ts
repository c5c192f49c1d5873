import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createPartitioner, murmur2 } from './partitioner.ts';

const kafkajsMurmur2: unknown = createRequire(import.meta.url)(
  'kafkajs/src/producer/partitioners/default/murmur2',
);

describe('murmur2', () => {
  // from Kafka's own org.apache.kafka.common.utils.UtilsTest#testMurmur2
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %j as Kafka does', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  it('agrees with kafkajs on keys of any length and any bytes', () => {
    if (typeof kafkajsMurmur2 !== 'function') throw new Error('kafkajs has no murmur2');
    for (let length = 0; length < 40; length += 1) {
      const key = Buffer.from(Array.from({ length }, (_, at) => (at * 89 + length * 57) % 256));
      expect(murmur2(key)).toBe(Reflect.apply(kafkajsMurmur2, undefined, [key]));
    }
  });
});

describe('the partitioner', () => {
  const partitionMetadata = [0, 1, 2].map((partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));

  it('takes the partition that is named, else the one of the key, else each in turn', () => {
    const partitionOf = createPartitioner();
    const of = (message: { key: string | null; partition?: number }) =>
      partitionOf({ topic: 't', partitionMetadata, message: { value: 'v', ...message } });
    expect(of({ key: 'foobar', partition: 2 })).toBe(2);
    expect(of({ key: 'foobar' })).toBe((-790332482 & 0x7fffffff) % 3);
    expect(new Set([of({ key: null }), of({ key: null }), of({ key: null })])).toEqual(new Set([0, 1, 2]));
  });
});
