import type { BusRecord } from '../port.ts';
import { AbortedTransactions } from './aborted.ts';
import type { CreateClient } from './client.ts';
import { protocolError } from './failure.ts';
import {
  type Cluster,
  createCluster,
  type FetchedMessage,
  type FetchedPartition,
  readCommitted,
} from './internals.ts';
import { isMarker } from './marker.ts';
import { whileSettling } from './settling.ts';

/** What one fetch of one partition gave. */
export interface Fetched {
  /** Committed records, without takeover markers; their `topic` is the one that the fetcher was made with. */
  readonly records: readonly BusRecord[];
  /** The offset to fetch next. Above the last record where aborted records, control records or compacted ones followed. */
  readonly next: number;
  /** Everything below it was decided when the broker answered; equal to `next` when nothing newer was there. */
  readonly end: number;
  /** What the records hold in memory, about, in bytes. */
  readonly bytes: number;
}

/** The offset that was to be read is not there: retention has removed it, or the topic was made anew. */
export class OffsetOutOfRange extends Error {
  override readonly name = 'OffsetOutOfRange';
}

/** What kafkajs' objects and ours take besides key and value, by a heap snapshot. */
const recordOverhead = 500;

/** A fetch that gives only batches emptied by compaction is tried again with more, up to this. */
const largestFetchBytes = 32 * 1024 * 1024;

const noHeaders: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Fetches committed records of one topic, from one offset of one partition at a time, over a connection of its own (a
 * fetch that waits at the broker holds up what is behind it on its connection). Connects when it is needed, and anew after
 * each failure. Calls must not overlap.
 */
export class Fetcher {
  readonly #createClient: CreateClient;
  readonly #topic: string;
  readonly #name: string;
  #cluster: Cluster | undefined;

  /**
   * @param topic as the cluster names it
   * @param name as its records are to name it
   */
  constructor(createClient: CreateClient, topic: string, name: string) {
    this.#createClient = createClient;
    this.#topic = topic;
    this.#name = name;
  }

  /**
   * The committed records from an offset on, at least one batch where there is one.
   *
   * @param maxBytes of record batches as they are stored, compressed
   * @param maxWaitMs how long the broker waits for a record where there is none
   * @throws OffsetOutOfRange, or what kafkajs throws
   */
  async fetch(partition: number, from: number, maxBytes: number, maxWaitMs: number): Promise<Fetched> {
    for (let bytes = maxBytes; ; bytes *= 4) {
      const fetched = await this.#fetch(partition, from, bytes, maxWaitMs);
      const isStuck = fetched.next === from && fetched.end > from;
      if (!isStuck || bytes >= largestFetchBytes) return fetched;
    }
  }

  /**
   * The partition's first offset and its end, which lies behind transactions that are still open, and so behind those whose
   * commit has been confirmed to their producer a moment ago and that no reader is shown yet.
   *
   * @throws what kafkajs throws
   */
  async bounds(partition: number): Promise<{ begin: number; end: number }> {
    return this.#attempt(async (cluster) => {
      await cluster.refreshMetadataIfNecessary();
      const begin = await this.#offset(cluster, partition, true);
      const end = await this.#offset(cluster, partition, false);
      return { begin, end };
    });
  }

  /** The topic's partitions, empty where there is no such topic. @throws what kafkajs throws */
  async partitions(): Promise<number[]> {
    return this.#attempt(async (cluster) =>
      cluster
        .findTopicPartitionMetadata(this.#topic)
        .map(({ partitionId }) => partitionId)
        .sort((a, b) => a - b),
    );
  }

  /** Lets go of the connection. A fetch in flight is rejected or given up; the next call connects anew. */
  close(): void {
    const cluster = this.#cluster;
    this.#cluster = undefined;
    cluster?.disconnect().catch(() => {}); // it is given up; that it was broken already is no news
  }

  async #fetch(partition: number, from: number, maxBytes: number, maxWaitMs: number): Promise<Fetched> {
    return this.#attempt(async (cluster) => {
      await cluster.refreshMetadataIfNecessary();
      const broker = await cluster.findBroker({ nodeId: this.#leader(cluster, partition) });
      const { responses } = await broker.fetch({
        maxWaitTime: maxWaitMs,
        minBytes: 1,
        maxBytes,
        isolationLevel: readCommitted,
        topics: [{ topic: this.#topic, partitions: [{ partition, fetchOffset: String(from), maxBytes }] }],
      });
      const answer = responses[0]?.partitions[0];
      if (answer === undefined) throw new Error(`the broker's answer lacks ${this.#topic}-${partition}`);
      return this.#decode(answer, from);
    });
  }

  #leader(cluster: Cluster, partition: number): number {
    const found = cluster
      .findTopicPartitionMetadata(this.#topic)
      .find(({ partitionId }) => partitionId === partition);
    if (found === undefined || found.leader < 0) throw new Error(`${this.#topic}-${partition} has no leader`);
    return found.leader;
  }

  async #offset(cluster: Cluster, partition: number, fromBeginning: boolean): Promise<number> {
    const topics = [{ topic: this.#topic, partitions: [{ partition }], fromBeginning }];
    const [answer] = await cluster.fetchTopicsOffset(topics);
    const offset = answer?.partitions[0]?.offset;
    if (offset === undefined) throw new Error(`${this.#topic}-${partition} has no leader`);
    return Number(offset);
  }

  #attempt<T>(act: (cluster: Cluster) => Promise<T>): Promise<T> {
    return whileSettling(() => this.#once(act));
  }

  async #once<T>(act: (cluster: Cluster) => Promise<T>): Promise<T> {
    try {
      if (this.#cluster === undefined) {
        this.#cluster = createCluster(this.#createClient());
        await this.#cluster.connect();
        await this.#cluster.addTargetTopic(this.#topic);
      }
      return await act(this.#cluster);
    } catch (error) {
      if (protocolError(error) === 'OFFSET_OUT_OF_RANGE')
        throw new OffsetOutOfRange('the offset is out of range', { cause: error });
      this.close(); // a broken connection, a leader that has moved: all are mended by beginning anew
      throw error;
    }
  }

  #decode(
    { partition, messages, abortedTransactions, lastStableOffset }: FetchedPartition,
    from: number,
  ): Fetched {
    const aborted = new AbortedTransactions(abortedTransactions);
    const areSomeAborted = !aborted.isEmpty;
    const records: BusRecord[] = [];
    let bytes = 0;
    for (const message of messages) {
      const offset = Number(message.offset);
      if (areSomeAborted && aborted.isAborted(message, offset)) continue;
      // a batch is given whole, also where the fetch starts inside it
      if (message.isControlRecord === true || offset < from) continue;
      const headers = headersOf(message);
      if (headers !== noHeaders && isMarker(message)) continue;
      const { key, value } = message;
      bytes += recordOverhead + (value?.length ?? 0) + (key?.length ?? 0);
      const timestamp = Number(message.timestamp);
      records.push({ topic: this.#name, partition, offset, key, value, headers, timestamp });
    }
    const last = messages.at(-1);
    const next = last === undefined ? from : Math.max(from, offsetAfter(last));
    return { records, next, end: Number(lastStableOffset), bytes };
  }
}

/** The offset after the batch in which the record is: compaction may have removed what followed it there. */
function offsetAfter({ offset, batchContext }: FetchedMessage): number {
  const next = Number(offset) + 1;
  return batchContext
    ? Math.max(next, Number(batchContext.firstOffset) + batchContext.lastOffsetDelta + 1)
    : next;
}

function headersOf({ headers }: FetchedMessage): Readonly<Record<string, string>> {
  const names = Object.keys(headers);
  if (names.length === 0) return noHeaders;
  return Object.fromEntries(
    names.map((name) => {
      const value = headers[name];
      const first = Array.isArray(value) ? value[0] : value;
      return [name, first?.toString('utf8') ?? ''];
    }),
  );
}
