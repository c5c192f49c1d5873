import type { StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Catalog, isCompacted, type Partition, span } from './catalog.ts';
import { type Database, integer } from './database.ts';
import type { Progress } from './progress.ts';

/** A deletion keeps this compacted-topic's reader from an old value for a day, as Kafka's delete.retention.ms does. */
const tombstoneMs = 24 * 60 * 60 * 1000;

/** How many records one transaction removes: about ten milliseconds, in which nobody else has a turn. */
const portion = 2000;

/** Records that every group has read go when this much of the limit is taken, and until that much is left. */
const pruneAbove = 0.8;
const pruneTo = 0.7;

export interface RetentionOptions {
  readonly database: Database;
  readonly catalog: Catalog;
  readonly progress: Progress;
  readonly logger: Logger;
  readonly clock: () => number;
}

/**
 * Removes what need not be kept: records older than their topic keeps them, or beyond what it keeps; tombstones that every
 * reader has had time to see; and, when space runs short, what every group has read, the oldest first.
 */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #first: StatementSync;
  readonly #older: StatementSync;
  readonly #sizes: StatementSync;
  readonly #last: StatementSync;
  readonly #size: StatementSync;
  readonly #forgetKeys: StatementSync;
  readonly #remove: StatementSync;
  readonly #shrink: StatementSync;
  readonly #tombstones: StatementSync;
  #sweeping: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
    const { database } = options;
    this.#first = database.prepare(
      'SELECT id, timestamp FROM record WHERE id >= ? AND id < ? ORDER BY id LIMIT 1',
    );
    this.#older = database.prepare(
      `SELECT max(id) AS id FROM (SELECT id, timestamp FROM record WHERE id >= ? AND id < ? ORDER BY id LIMIT ${portion})
       WHERE timestamp < ?`,
    );
    const size = 'coalesce(length(key), 0) + coalesce(length(value), 0)';
    this.#sizes = database.prepare(
      `SELECT id, ${size} AS bytes FROM record WHERE id >= ? AND id < ? ORDER BY id LIMIT ${portion}`,
    );
    this.#last = database.prepare(
      `SELECT max(id) AS id FROM (SELECT id FROM record WHERE id >= ? AND id < ? ORDER BY id LIMIT ${portion})`,
    );
    this.#size = database.prepare(
      `SELECT coalesce(sum(${size}), 0) AS bytes, count(*) AS records FROM record WHERE id >= ? AND id <= ?`,
    );
    this.#forgetKeys = database.prepare(
      'DELETE FROM newest WHERE partition_id = ? AND key IN (SELECT key FROM record WHERE id >= ? AND id <= ?)',
    );
    this.#remove = database.prepare('DELETE FROM record WHERE id >= ? AND id <= ?');
    this.#shrink = database.prepare('UPDATE partition SET bytes = ? WHERE id = ?');
    this.#tombstones = database.prepare(
      `SELECT id FROM newest WHERE tombstone_at < ? ORDER BY tombstone_at LIMIT ${portion}`,
    );
  }

  /** Whether so much of the limit is taken that what has been read should go. */
  get isShort(): boolean {
    const { database } = this.#options;
    return database.usedBytes > database.maxBytes * pruneAbove;
  }

  /** Removes what there is to remove now, in portions. Called again while it works, it is the same sweep. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  /** Ends a sweep under way with its present portion; what is left is for the next start. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#sweeping?.catch(() => {}); // told by whoever began it
  }

  async #sweep(): Promise<void> {
    const { catalog } = this.#options;
    for (const partition of catalog.partitions()) {
      await this.#repeat(() => this.#expire(partition) || this.#trim(partition));
    }
    await this.#repeat(() => this.#removeTombstones());
    if (!this.isShort) return;
    const { database } = this.#options;
    await this.#repeat(() => database.usedBytes > database.maxBytes * pruneTo && this.#prune());
  }

  /** Removes portion after portion, with a turn for the others between, until one finds nothing. */
  async #repeat(removePortion: () => boolean): Promise<void> {
    while (!this.#isClosed && removePortion()) await setImmediate();
  }

  /** Removes a portion of what is older than the topic keeps. True where there may be more. */
  #expire(partition: Partition): boolean {
    const { cleanup, retentionMs, name } = partition.topic.spec;
    if (cleanup === 'compact' || retentionMs === undefined) return false;
    const { progress, clock, logger } = this.#options;
    const limit = clock() - retentionMs;
    const start = partition.id * span;
    const first = this.#first.get(start, start + span);
    if (!first || integer(first.timestamp) >= limit) return false;
    const last = this.#older.get(start, start + span, limit)?.id ?? null;
    if (last === null) return false;
    const unread =
      integer(last) - start - Math.max(progress.readByAll(partition), integer(first.id) - start) + 1;
    this.#removeUpTo(partition, integer(last));
    if (unread > 0 && !isCompacted(partition.topic) && progress.isRead(partition)) {
      logger.warn(`${unread} records of ${name} have passed its retention before every group had read them`);
    }
    return true;
  }

  /** Removes a portion of what is beyond the bytes that the topic keeps. True where there may be more. */
  #trim(partition: Partition): boolean {
    const { cleanup, retentionBytes } = partition.topic.spec;
    if (cleanup === 'compact' || retentionBytes === undefined || partition.bytes <= retentionBytes)
      return false;
    const start = partition.id * span;
    let excess = partition.bytes - retentionBytes;
    let last: number | undefined;
    for (const row of this.#sizes.all(start, start + span)) {
      excess -= integer(row.bytes);
      if (excess < 0) break; // as on Kafka, at least the bytes stated are kept
      last = integer(row.id);
    }
    if (last === undefined) return false;
    this.#removeUpTo(partition, last);
    return true;
  }

  #removeTombstones(): boolean {
    const { catalog, clock, database } = this.#options;
    const rows = this.#tombstones.all(clock() - tombstoneMs);
    if (rows.length === 0) return false;
    const partitions = new Map(catalog.partitions().map((partition) => [partition.id, partition]));
    for (const row of rows) {
      const id = integer(row.id);
      const partition = partitions.get(Math.floor(id / span));
      if (partition) database.transaction(() => this.#removeRange(partition, id, id))();
    }
    return rows.length === portion;
  }

  /** Removes a portion of what every group has read, from the partition where that is oldest. False where there is none. */
  #prune(): boolean {
    const { catalog, progress } = this.#options;
    let oldest: { partition: Partition; timestamp: number; end: number } | undefined;
    for (const partition of catalog.partitions()) {
      if (isCompacted(partition.topic)) continue;
      const start = partition.id * span;
      const end = start + progress.readByAll(partition);
      const first = this.#first.get(start, end);
      if (!first) continue;
      const timestamp = integer(first.timestamp);
      if (!oldest || timestamp < oldest.timestamp) oldest = { partition, timestamp, end };
    }
    if (!oldest) return false;
    const last = this.#last.get(oldest.partition.id * span, oldest.end)?.id;
    this.#removeUpTo(oldest.partition, integer(last));
    return true;
  }

  #removeUpTo(partition: Partition, last: number): void {
    const { database } = this.#options;
    database.transaction(() => this.#removeRange(partition, partition.id * span, last))();
  }

  /** Within a transaction; to be called once it is committed, the answer takes note of it. */
  #removeRange(partition: Partition, first: number, last: number): () => void {
    const left = partition.bytes - integer(this.#size.get(first, last)?.bytes);
    if (isCompacted(partition.topic)) this.#forgetKeys.run(partition.id, first, last);
    this.#remove.run(first, last);
    this.#shrink.run(left, partition.id);
    return () => {
      partition.bytes = left;
    };
  }
}
