import { setTimeout as delay } from 'node:timers/promises';
import type { BusRecord } from '../port.ts';
import { type Fetched, type Fetcher, OffsetOutOfRange } from './fetcher.ts';

/** What all partitions of a process hold fetched and not given yet, in bytes. */
export class ByteBudget {
  #used = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isSpent(): boolean {
    return this.#used >= this.#limit;
  }

  /** Takes bytes, or gives them back where negative. */
  take(bytes: number): void {
    this.#used += bytes;
  }
}

export interface FeedOptions {
  readonly fetcher: Fetcher;
  readonly partition: number;
  readonly budget: ByteBudget;
  /** There is something to `poll`, or `lag` has become known. */
  readonly wake: () => void;
  /** A fetch has failed; it will be tried again. Told once an outage. */
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Compressed bytes of one fetch. LZ4 holds logs at a fifth to an eighth of their size and gzip at a tenth to a twentieth, so
 * that one fetch is 1 to 5 MB of records. A single larger batch comes whole.
 */
const fetchBytes = 256 * 1024;

/** How much one partition fetches ahead of its stage, in bytes. */
const aheadBytes = 2 * 1024 * 1024;

/** How long the broker keeps a fetch for which there is nothing. */
const longPollMs = 500;

/** A broker that keeps a fetch for so much longer is in trouble, and what was last heard of the lag is old. */
const overdueMs = 3000;

const firstRetryMs = 50;
const longestRetryMs = 2000;

/**
 * The records of one partition, fetched ahead within bounds of bytes, so that the broker and the stage work at the same time.
 * Each partition fetches for itself: one whose stage waits holds up no other.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #stopped = new AbortController();
  readonly #chunks: Fetched[] = [];
  /** How many records of the first chunk have been given. */
  #given = 0;
  /** Of the chunks. */
  #bytes = 0;
  #records = 0;
  #position: number;
  /** The end that the broker last told; undefined while that is not known. */
  #end: number | undefined;
  #fetchingSince: number | undefined;
  #failure: OffsetOutOfRange | undefined;
  #polled: () => void = () => {};

  /** Starts to fetch. @param position the offset of the first record to give */
  constructor(options: FeedOptions, position: number) {
    this.#options = options;
    this.#position = position;
    void this.#run();
  }

  /**
   * The next records, at most so many bytes of values but at least one; empty where none is there yet.
   *
   * @throws OffsetOutOfRange where what should come next is not there any more
   */
  poll(maxBytes: number): readonly BusRecord[] {
    const chunk = this.#chunks[0];
    if (chunk === undefined) {
      if (this.#failure) throw this.#failure;
      return [];
    }
    const first = this.#given;
    let bytes = 0;
    let at = first;
    for (let record = chunk.records[at]; record; record = chunk.records[at]) {
      bytes += record.value?.length ?? 0;
      if (bytes > maxBytes && at > first) break;
      at += 1;
    }
    this.#given = at;
    this.#records -= at - first;
    if (at === chunk.records.length) this.#dropFirst(chunk);
    return first === 0 && at === chunk.records.length ? chunk.records : chunk.records.slice(first, at);
  }

  /** How many records wait beyond those that were polled, about; Infinity while that is not known. */
  lag(): number {
    if (this.#end === undefined) return Infinity;
    const since = this.#fetchingSince;
    if (since !== undefined && performance.now() - since > longPollMs + overdueMs) return Infinity;
    return this.#records + Math.max(this.#end - this.#position, 0);
  }

  stop(): void {
    this.#stopped.abort();
    this.#polled();
    this.#options.budget.take(-this.#bytes);
    this.#chunks.length = 0;
    this.#bytes = 0;
    this.#records = 0;
    this.#options.fetcher.close();
  }

  #dropFirst(chunk: Fetched): void {
    this.#chunks.shift();
    this.#given = 0;
    this.#bytes -= chunk.bytes;
    this.#options.budget.take(-chunk.bytes);
    this.#polled();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    let failures = 0;
    while (!signal.aborted) {
      if (this.#bytes > 0 && (this.#bytes >= aheadBytes || this.#options.budget.isSpent)) {
        await new Promise<void>((resolve) => {
          this.#polled = resolve;
        });
        continue;
      }
      try {
        await this.#fetch();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#end = undefined;
        if (error instanceof OffsetOutOfRange) {
          this.#failure = error;
          this.#options.wake();
          return;
        }
        if (failures === 1) this.#options.onTrouble(error); // one alone is a leader or a connection that has moved
        await delay(Math.min(firstRetryMs * 2 ** failures, longestRetryMs), undefined, { signal }).catch(
          () => {},
        );
        failures += 1;
      }
    }
  }

  async #fetch(): Promise<void> {
    const { fetcher, partition, budget, wake } = this.#options;
    const wasKnown = this.#end !== undefined;
    this.#fetchingSince = performance.now();
    const fetched = await fetcher
      .fetch(partition, this.#position, fetchBytes, wasKnown ? longPollMs : 0)
      .finally(() => {
        this.#fetchingSince = undefined;
      });
    if (this.#stopped.signal.aborted) return;
    this.#position = fetched.next;
    this.#end = fetched.end;
    if (fetched.records.length > 0) {
      this.#chunks.push(fetched);
      this.#bytes += fetched.bytes;
      this.#records += fetched.records.length;
      budget.take(fetched.bytes);
    }
    if (fetched.records.length > 0 || !wasKnown) wake();
  }
}
