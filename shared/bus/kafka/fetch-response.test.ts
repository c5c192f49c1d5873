import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import kafkajs, { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkaAddress } from '#test/stack/addresses.ts';
import { registerCodecs } from './codecs.ts';
import { decodeFetchResponse } from './fetch-response.ts';
import { Fetcher } from './fetcher.ts';
import type { FetchedMessage } from './internals.ts';

const address = kafkaAddress();
const { None, GZIP, Snappy, LZ4, ZSTD } = kafkajs.CompressionTypes;
const topic = `fetch-response-${randomUUID()}`;

interface Answer {
  readonly responses: readonly {
    readonly partitions: readonly { readonly messages: readonly FetchedMessage[] }[];
  }[];
}

/** kafkajs' own reader of the same bytes, before anything was put in its place. */
const own: { decode(raw: Buffer): Promise<Answer> } = createRequire(import.meta.url)(
  'kafkajs/src/protocol/requests/fetch/v11/response',
);

/** With what is used of a record, its numbers as numbers. */
function comparable(answer: Answer | undefined) {
  return {
    ...answer,
    responses: answer?.responses.map((response) => ({
      ...response,
      partitions: response.partitions.map((partition) => ({
        ...partition,
        messages: partition.messages.map(
          ({ offset, timestamp, key, value, headers, isControlRecord, batchContext }) => ({
            offset: Number(offset),
            timestamp: Number(timestamp),
            key,
            value,
            headers: { ...headers },
            isControlRecord,
            firstOffset: batchContext?.firstOffset,
            lastOffsetDelta: batchContext?.lastOffsetDelta,
            producerId: batchContext?.producerId,
            inTransaction: batchContext?.inTransaction,
          }),
        ),
      })),
    })),
  };
}

describe.skipIf(address === undefined)('decodeFetchResponse', () => {
  const createClient = () => new Kafka({ brokers: [address ?? ''], logLevel: logLevel.NOTHING });
  const admin = createClient().admin();
  beforeAll(async () => {
    await registerCodecs();
    await admin.connect();
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions: 1, replicationFactor: 1 }],
    });
  });
  afterAll(async () => {
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });

  it('reads what kafkajs reads: every codec, headers, tombstones, aborted and control records, cut batches', async () => {
    const producer = createClient().producer({
      transactionalId: topic,
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
    for (const compression of [None, GZIP, Snappy, LZ4, ZSTD])
      for (const isAborted of [true, false]) {
        const transaction = await producer.transaction();
        await transaction.send({
          topic,
          compression,
          messages: [
            { value: 'plain', timestamp: '1763000000000' },
            { key: 'k', value: null, timestamp: '1763000000321' },
            { key: '', value: Buffer.alloc(300, 0xe5), headers: { a: 'b', 名: ['x', 'y', 'z'] } },
            ...Array.from({ length: 200 }, (_, index) => ({ value: `${index}`.repeat(index) })),
          ],
        });
        await (isAborted ? transaction.abort() : transaction.commit());
      }
    await producer.disconnect();

    const raws: Buffer[] = [];
    const { decode } = own;
    own.decode = (raw) => {
      raws.push(raw);
      return decode(raw);
    };
    const fetcher = new Fetcher(createClient, topic, topic);
    const { end } = await fetcher.bounds(0);
    let count = 0;
    // Few bytes, so that batches are cut.
    for (let from = 0; from < end; ) {
      const { records, next } = await fetcher.fetch(0, from, 5000, 100);
      count += records.length;
      from = next;
    }
    fetcher.close();
    own.decode = decode;

    expect(count).toBe(5 * 203);
    expect(raws.length).toBeGreaterThan(3);
    for (const raw of raws)
      expect(comparable(await decodeFetchResponse(raw))).toEqual(comparable(await decode(raw)));
  });
});
