import type { StatementSync } from 'node:sqlite';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { BusRecord, OutRecord } from '../port.ts';
import { type Catalog, isCompacted, type Partition, span, type Topic } from './catalog.ts';
import { bytes, type Database, integer, string } from './database.ts';

/** What a transaction has added to a partition, and which counts only once it is committed. */
interface Growth {
  nextOffset: number;
  bytes: number;
}

/** To be called once the transaction is committed: readers see what was added and are woken. */
export type Publish = () => void;

/** The records of every partition. */
export class RecordLog {
  readonly #catalog: Catalog;
  readonly #clock: () => number;
  readonly #insert: StatementSync;
  readonly #newest: StatementSync;
  readonly #setNewest: StatementSync;
  readonly #remove: StatementSync;
  readonly #grow: StatementSync;
  readonly #read: StatementSync;
  #turn = 0;

  constructor(database: Database, catalog: Catalog, clock: () => number) {
    this.#catalog = catalog;
    this.#clock = clock;
    this.#insert = database.prepare(
      'INSERT INTO record (id, key, value, headers, timestamp) VALUES (?, ?, ?, ?, ?)',
    );
    this.#newest = database.prepare('SELECT id FROM newest WHERE partition_id = ? AND key = ?');
    this.#setNewest = database.prepare(
      'INSERT OR REPLACE INTO newest (partition_id, key, id, tombstone_at) VALUES (?, ?, ?, ?)',
    );
    this.#remove = database.prepare(
      'DELETE FROM record WHERE id = ? RETURNING length(key) + coalesce(length(value), 0) AS bytes',
    );
    this.#grow = database.prepare('UPDATE partition SET next_offset = ?, bytes = ? WHERE id = ?');
    this.#read = database.prepare(
      'SELECT id, key, value, headers, timestamp FROM record WHERE id >= ? AND id < ? ORDER BY id',
    );
  }

  /**
   * Adds records; to be called within a transaction.
   *
   * @throws LogpatrolError `unusable-environment` for an unknown topic or partition, `poison` for a record that its topic
   * cannot take
   */
  append(records: readonly OutRecord[]): Publish {
    const now = this.#clock();
    const grown = new Map<Partition, Growth>();
    for (const record of records) {
      const topic = this.#catalog.topic(record.topic);
      const key = record.key === null ? null : Buffer.from(record.key);
      const value = typeof record.value === 'string' ? Buffer.from(record.value) : record.value;
      checkFits(topic, key, value);
      const number = record.partition ?? this.#choose(topic, key);
      const partition = this.#catalog.partition(record.topic, number);
      const growth = grown.get(partition) ?? { nextOffset: partition.nextOffset, bytes: partition.bytes };
      grown.set(partition, growth);
      const id = partition.id * span + growth.nextOffset;
      growth.nextOffset += 1;
      growth.bytes += (key?.length ?? 0) + (value?.length ?? 0);
      if (key !== null && isCompacted(topic)) {
        growth.bytes -= this.#replaceNewest(partition, key, id, value === null ? now : null);
      }
      this.#insert.run(id, key, value, record.headers ? JSON.stringify(record.headers) : null, now);
    }
    for (const [partition, growth] of grown) this.#grow.run(growth.nextOffset, growth.bytes, partition.id);
    return () => {
      for (const [partition, growth] of grown) Object.assign(partition, growth);
      for (const [partition] of grown) for (const wake of partition.listeners) wake();
    };
  }

  /**
   * The records of `[from, to)`, at most `maxBytes` of values but at least one, and the offset from which to read on: `to`,
   * where no more is there.
   */
  read(
    partition: Partition,
    from: number,
    to: number,
    maxBytes: number,
  ): { records: BusRecord[]; next: number } {
    const records: BusRecord[] = [];
    if (from >= to) return { records, next: from };
    let size = 0;
    const first = partition.id * span;
    for (const row of this.#read.iterate(first + from, first + to)) {
      const value = bytes(row.value);
      const offset = integer(row.id) - first;
      size += value?.length ?? 0;
      if (size > maxBytes && records.length > 0) return { records, next: offset };
      records.push({
        topic: partition.topic.spec.name,
        partition: partition.number,
        offset,
        key: bytes(row.key),
        value,
        headers: row.headers === null ? noHeaders : headersOf(string(row.headers)),
        timestamp: integer(row.timestamp),
      });
      if (records.length === mostRecords) return { records, next: offset + 1 };
    }
    return { records, next: to };
  }

  /** The newest record of the key gives way to this one. Tells how many bytes that freed. */
  #replaceNewest(partition: Partition, key: Buffer, id: number, tombstoneAt: number | null): number {
    const old = this.#newest.get(partition.id, key)?.id;
    this.#setNewest.run(partition.id, key, id, tombstoneAt);
    if (old === undefined) return 0;
    return integer(this.#remove.get(old)?.bytes);
  }

  #choose(topic: Topic, key: Buffer | null): number {
    if (key !== null) return hash(key) % topic.partitions.length;
    this.#turn = (this.#turn + 1) % topic.partitions.length;
    return this.#turn;
  }
}

/** However small the values are, a batch has no more, since reading holds up the event loop: this many take some milliseconds. */
const mostRecords = 1000;

const noHeaders: Readonly<Record<string, string>> = Object.freeze({});

function headersOf(json: string): Record<string, string> {
  const parsed: unknown = JSON.parse(json);
  if (typeof parsed !== 'object' || parsed === null)
    throw new Error('the database holds headers that are none');
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]));
}

function checkFits(topic: Topic, key: Buffer | null, value: Buffer | null): void {
  const { name, maxRecordBytes } = topic.spec;
  const size = (key?.length ?? 0) + (value?.length ?? 0);
  if (size > maxRecordBytes) {
    throw new LogpatrolError(
      'poison',
      `a record of ${size} bytes is too large for topic "${name}" (${maxRecordBytes})`,
    );
  }
  if (key === null && isCompacted(topic)) {
    throw new LogpatrolError('poison', `topic "${name}" is compacted, and takes no record without a key`);
  }
}

/** FNV-1a, 32 bits (datatracker.ietf.org/doc/html/draft-eastlake-fnv): spreads keys evenly, the same way in every version. */
function hash(key: Buffer): number {
  let value = 0x811c9dc5;
  for (const byte of key) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
