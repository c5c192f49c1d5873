import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Producer, type ProducerBatch, type RecordMetadata, type Transaction } from 'kafkajs';
import { deadLetterTopic } from '../dead-letter.ts';
import type { OutRecord } from '../port.ts';
import type { CreateClient } from './client.ts';
import { protocolError } from './failure.ts';
import { createPartitioner } from './partitioner.ts';

/** The broker aborts a transaction that takes longer: one is opened when its records are ready, and lasts milliseconds. */
const transactionTimeoutMs = 10_000;

/**
 * One send is one record batch a partition, and a batch must fit the topic's max.message.bytes (1 MB where nobody has set
 * it), so a transaction of more is several sends.
 */
const sendBytes = 900_000;

/** kafkajs copies the list of records for each record of it, so a send of very many small ones would take seconds. */
const sendRecords = 1000;

/** What Kafka and kafkajs add to key, value and headers, at most. */
const recordOverhead = 64;

const firstRetryMs = 2;
const longestRetryMs = 50;

/** Where a group is to go on. Topic and group as the cluster names them. */
export interface OffsetToCommit {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** What became of a transaction whose end was not heard of. */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
  /** Where its records are, if it was committed; empty where it had none. */
  readonly written: readonly RecordMetadata[];

  constructor(cause: unknown, written: readonly RecordMetadata[]) {
    super('the answer to a commit was lost', { cause });
    this.written = written;
  }
}

/**
 * A transactional producer for one transactional id. Good until a transaction fails: then what kafkajs believes of it and
 * what the broker does may differ, and it must be closed and another one opened (which ends what was left open).
 */
export class TransactionalProducer {
  readonly #producer: Producer;
  readonly #prefix: string;

  private constructor(producer: Producer, prefix: string) {
    this.#producer = producer;
    this.#prefix = prefix;
  }

  /**
   * Opens one, and so fences whoever had the id, and ends the transaction that he may have left open.
   *
   * @param transactionalId as the cluster names it
   * @param prefix put before the topic of each record
   * @throws what kafkajs throws
   */
  static async open(
    createClient: CreateClient,
    transactionalId: string,
    prefix: string,
  ): Promise<TransactionalProducer> {
    const producer = createClient().producer({
      transactionalId,
      transactionTimeout: transactionTimeoutMs,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner,
    });
    const opened = new TransactionalProducer(producer, prefix);
    try {
      await producer.connect();
      const first = await producer.transaction(); // asks for the producer id, which is what fences
      await first.abort(); // nothing was added to it, so nothing is sent
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  /**
   * Publishes the records and commits the offset, all or nothing, and says where they are.
   *
   * @throws CommitUnknown where only the end failed; else what kafkajs throws, and then nothing is visible
   */
  async transact(records: readonly OutRecord[], offset?: OffsetToCommit): Promise<RecordMetadata[]> {
    try {
      return await this.#transact(sends(records, this.#prefix), offset);
    } catch (error) {
      // a topic may have a smaller limit than ours, and then it is the batch that is too large, and perhaps no record
      if (records.length < 2 || protocolError(error) !== 'MESSAGE_TOO_LARGE') throw error;
      return this.#transact(sends(records, this.#prefix, 0), offset);
    }
  }

  async #transact(batches: Iterable<ProducerBatch>, offset?: OffsetToCommit): Promise<RecordMetadata[]> {
    const transaction = await this.#producer.transaction();
    const written: RecordMetadata[] = [];
    try {
      if (offset) await sendOffset(transaction, offset);
      for (const batch of batches) written.push(...(await transaction.sendBatch(batch)));
    } catch (error) {
      // else every reader of these partitions waits until it times out; the broker does it itself if this fails
      await transaction.abort().catch(() => {});
      throw error;
    }
    try {
      await transaction.commit();
    } catch (error) {
      throw new CommitUnknown(error, written);
    }
    return written;
  }

  /** Lets go of the connections. */
  close(): void {
    this.#producer.disconnect().catch(() => {}); // it is given up; that it was broken already is no news
  }
}

/**
 * kafkajs tries nothing again here. Right after a transaction the broker may still be at its end (CONCURRENT_TRANSACTIONS),
 * and nothing has been added yet, so the same call is made again.
 */
async function sendOffset(transaction: Transaction, to: OffsetToCommit): Promise<void> {
  const { group, topic, partition, offset } = to;
  const deadline = performance.now() + transactionTimeoutMs / 2;
  for (let wait = firstRetryMs; ; wait = Math.min(wait * 2, longestRetryMs)) {
    try {
      await transaction.sendOffsets({
        consumerGroupId: group,
        topics: [{ topic, partitions: [{ partition, offset: String(offset) }] }],
      });
      return;
    } catch (error) {
      if (protocolError(error) !== 'CONCURRENT_TRANSACTIONS' || performance.now() > deadline) throw error;
      await delay(wait);
    }
  }
}

function sizeOf({ key, value, headers }: OutRecord): number {
  let bytes = recordOverhead + (key?.length ?? 0) + (value === null ? 0 : Buffer.byteLength(value));
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0);
  return bytes;
}

/**
 * The records in sends that are small enough, in their order. A record too large for any send goes alone, and not
 * compressed, so that the topic's limit is one for its real size and no reader finds a hundred times that in a small batch.
 */
export function* sends(
  records: readonly OutRecord[],
  prefix: string,
  maxBytes = sendBytes,
): Generator<ProducerBatch> {
  let batch: OutRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = sizeOf(record);
    if (batch.length > 0 && (bytes + size > maxBytes || batch.length >= sendRecords)) {
      yield toSend(batch, bytes, prefix);
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield toSend(batch, bytes, prefix);
}

/** It came to us as large as it is, compressed; it must go where it can be looked at, or its partition would never go on. */
function isDeadLetter({ topic }: OutRecord): boolean {
  return topic.startsWith(deadLetterTopic(''));
}

function toSend(records: readonly OutRecord[], bytes: number, prefix: string): ProducerBatch {
  const byTopic = Map.groupBy(records, ({ topic }) => topic);
  const { LZ4, None } = kafkajs.CompressionTypes;
  return {
    acks: -1,
    compression: bytes > sendBytes && !records.every(isDeadLetter) ? None : LZ4,
    topicMessages: [...byTopic].map(([topic, of]) => ({
      topic: prefix + topic,
      messages: of.map(({ key, value, partition, headers }) => ({
        key,
        value,
        ...(partition !== undefined && { partition }),
        ...(headers && { headers }),
      })),
    })),
  };
}
