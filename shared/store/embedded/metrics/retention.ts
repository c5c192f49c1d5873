import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { levelsFor, statusesWholeMs } from './levels.ts';
import { thin, thinStatuses } from './thinning.ts';

const Size = z.object({ count: z.number(), length: z.number().nullable() });
const Oldest = z.object({ time: z.number().nullable() });

/** Rows of one transaction, some tens of milliseconds of work. */
const rowsAtOnce = 1000;
const rowsDroppedAtOnce = 20_000;
/** Where there is too much, a table gives this share of its rows at once. */
const share = 20;
/** Rest between two looks for what has become old. */
const restMs = 60_000;
/** What a row takes beside its JSON: other columns, indices, room in pages (measured). */
const rowOverhead = { readings: 80, readings_5m: 80, readings_1h: 80, server_status: 160 } as const;
type Table = keyof typeof rowOverhead;
const tables: readonly Table[] = ['readings', 'readings_5m', 'readings_1h', 'server_status'];
/** What readings refer to stays a little longer than they do, since `time` there is exact to a day. */
const usedAfterMs = 2 * 24 * 60 * 60 * 1000;

/** Keeps readings and statuses within their time and their space. */
export class MetricRetention {
  readonly #database: DatabaseSync;
  readonly #levels: ReturnType<typeof levelsFor>;
  readonly #keepMs: number;
  #restUntil = Number.NEGATIVE_INFINITY;

  /** @param keepMs how long summaries are kept, in milliseconds */
  constructor(database: DatabaseSync, keepMs: number) {
    this.#database = database;
    this.#levels = levelsFor(keepMs);
    this.#keepMs = keepMs;
  }

  /** Whether to look for what has become old: at most once a minute where there was nothing. */
  isDue(now: number): boolean {
    return now >= this.#restUntil;
  }

  /** Sees to some of what has become old; inside a transaction. Returns whether rows that others refer to may be gone. */
  age(now: number): boolean {
    const [raw, minutes, hours] = this.#levels;
    const edge = (keepMs: number, stepMs: number): number => Math.floor((now - keepMs) / stepMs) * stepMs;
    const moved =
      thin(this.#database, [raw, minutes], edge(raw.keepMs, minutes.stepMs), rowsAtOnce) +
      thin(this.#database, [minutes, hours], edge(minutes.keepMs, hours.stepMs), rowsAtOnce) +
      this.#drop('readings_1h', now - hours.keepMs) +
      this.#drop('server_status', now - this.#keepMs);
    if (thinStatuses(this.#database, now - Math.min(statusesWholeMs, this.#keepMs)) || moved > 0)
      return false;
    this.#restUntil = now + restMs;
    this.#prune(now);
    return true;
  }

  /** Bytes that readings and statuses take, about. */
  bytes(): number {
    return tables.reduce((sum, table) => sum + this.#sizeOf(table).bytes, 0);
  }

  /**
   * Takes some of the space of the table that has the most: readings become summaries sooner than they would, and the oldest summaries and
   * statuses go. Inside a transaction. Returns whether there was anything.
   */
  shrink(now: number): boolean {
    const sizes = tables.map((table) => ({ table, ...this.#sizeOf(table) }));
    const [largest] = sizes.sort((a, b) => b.bytes - a.bytes);
    if (largest === undefined || largest.count === 0) return false;
    const rows = Math.ceil(largest.count / share);
    const [raw, minutes, hours] = this.#levels;
    const ever = Number.MAX_SAFE_INTEGER;
    if (largest.table === 'readings') thin(this.#database, [raw, minutes], ever, Math.min(rows, rowsAtOnce));
    else if (largest.table === 'readings_5m')
      thin(this.#database, [minutes, hours], ever, Math.min(rows, rowsAtOnce));
    else this.#drop(largest.table, ever, Math.min(rows, rowsDroppedAtOnce));
    this.#prune(now);
    return true;
  }

  /** Drops the oldest rows from before a moment, and says how many. */
  #drop(table: 'readings_1h' | 'server_status', before: number, limit = rowsDroppedAtOnce): number {
    const [column, moment] =
      table === 'server_status'
        ? ['timestamp', new Date(Math.min(before, Date.UTC(9999, 0))).toISOString()]
        : ['time', before];
    const dropped = this.#database
      .prepare(
        `DELETE FROM ${table} WHERE rowid IN
           (SELECT rowid FROM ${table} WHERE ${column} < ? ORDER BY ${column} LIMIT ?)`,
      )
      .run(moment, limit);
    return Number(dropped.changes);
  }

  #sizeOf(table: Table): { count: number; bytes: number } {
    const row = this.#database
      .prepare(
        `SELECT (SELECT count(*) FROM ${table}) AS count,
           (SELECT avg(length(json)) FROM (SELECT json FROM ${table} ORDER BY rowid DESC LIMIT 200)) AS length`,
      )
      .get();
    const { count, length } = Size.parse(row);
    return { count, bytes: count * ((length ?? 0) + rowOverhead[table]) };
  }

  /** Forgets servers, sensors and descriptions that no reading can refer to any more. */
  #prune(now: number): void {
    const oldest = Oldest.parse(
      this.#database
        .prepare(
          `SELECT min(time) AS time FROM (
             SELECT min(time) AS time FROM readings UNION ALL SELECT min(time) FROM readings_5m
             UNION ALL SELECT min(time) FROM readings_1h
             UNION ALL SELECT CAST(unixepoch(min(timestamp)) * 1000 AS INTEGER) FROM server_status)`,
        )
        .get(),
    ).time;
    const before = Math.min(oldest ?? now, now) - usedAfterMs;
    this.#database.prepare('DELETE FROM sensors WHERE time < ?').run(before);
    this.#database
      .prepare('DELETE FROM descriptions WHERE time < ? AND id NOT IN (SELECT description FROM sensors)')
      .run(before);
    this.#database
      .prepare('DELETE FROM servers WHERE time < ? AND id NOT IN (SELECT server FROM sensors)')
      .run(before);
  }
}
