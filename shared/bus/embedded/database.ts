import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { explained } from './sqlite-error.ts';

/**
 * `record.id` is `partition.id * span + offset`: one B-tree, each partition a range of it, a record found by its number.
 * `newest` finds the record of each key of a compacted topic. `progress` holds what each group has committed, and the
 * epoch of the owner that may commit.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS topic (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, cleanup TEXT NOT NULL,
    retention_ms INTEGER, retention_bytes INTEGER, max_record_bytes INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS partition (
    id INTEGER PRIMARY KEY, topic_id INTEGER NOT NULL REFERENCES topic (id), number INTEGER NOT NULL,
    next_offset INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, UNIQUE (topic_id, number)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS record (
    id INTEGER PRIMARY KEY, key BLOB, value BLOB, headers TEXT, timestamp INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS newest (
    partition_id INTEGER NOT NULL, key BLOB NOT NULL, id INTEGER NOT NULL, tombstone_at INTEGER,
    PRIMARY KEY (partition_id, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS tombstone ON newest (tombstone_at) WHERE tombstone_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS progress (
    group_name TEXT NOT NULL, partition_id INTEGER NOT NULL, epoch INTEGER NOT NULL, committed INTEGER,
    PRIMARY KEY (group_name, partition_id)
  ) STRICT, WITHOUT ROWID;
`;

/** One SQLite file, its transactions, and its errors as the bus's. */
export class Database {
  readonly maxBytes: number;
  readonly #path: string;
  readonly #connection: DatabaseSync;
  readonly #pageCount: StatementSync;
  readonly #freePages: StatementSync;
  readonly #pageSize: number;

  /** @param maxBytes the size beyond which the file does not grow */
  constructor(path: string, maxBytes: number) {
    this.#path = path;
    this.maxBytes = maxBytes;
    this.#connection = new DatabaseSync(path, { timeout: 2000 });
    // FULL: each commit is on the disk before it counts. What is acknowledged (an alert taken in, a card sent) must survive a
    // power cut, and with a commit a batch the sync costs a fraction of a millisecond on an SSD.
    this.#connection.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000; PRAGMA journal_size_limit = 16000000',
    );
    this.#pageSize = integer(this.#connection.prepare('PRAGMA page_size').get()?.page_size);
    this.#connection.exec(`PRAGMA max_page_count = ${Math.floor(maxBytes / this.#pageSize)}`);
    this.#connection.exec(schema);
    this.#pageCount = this.#connection.prepare('PRAGMA page_count');
    this.#freePages = this.#connection.prepare('PRAGMA freelist_count');
  }

  /** Of the file's size, what records take; the rest is free for new ones. */
  get usedBytes(): number {
    const pages = integer(this.#pageCount.get()?.page_count);
    return (pages - integer(this.#freePages.get()?.freelist_count)) * this.#pageSize;
  }

  prepare(sql: string): StatementSync {
    return this.#connection.prepare(sql);
  }

  /**
   * Does the work in one transaction.
   *
   * @throws LogpatrolError `no-space` where the disk or the file is full; nothing of the work has happened then
   */
  transaction<T>(work: () => T): T {
    try {
      this.#connection.exec('BEGIN IMMEDIATE');
      const result = work();
      this.#connection.exec('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw explained(error, this.#path, this.maxBytes);
    }
  }

  close(): void {
    this.#connection.close();
  }

  #rollBack(): void {
    if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK'); // SQLite may have done it, on a full disk
  }
}

/** A column that holds an integer, below 2^53. */
export function integer(value: SQLOutputValue | undefined): number {
  if (typeof value !== 'number') throw new Error(`the database holds ${typeof value} where a number belongs`);
  return value;
}

/** A column that holds text. */
export function string(value: SQLOutputValue | undefined): string {
  if (typeof value !== 'string') throw new Error(`the database holds ${typeof value} where text belongs`);
  return value;
}

/** A column that holds bytes or null. */
export function bytes(value: SQLOutputValue | undefined): Buffer | null {
  if (value === null) return null;
  if (!(value instanceof Uint8Array))
    throw new Error(`the database holds ${typeof value} where bytes belong`);
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
