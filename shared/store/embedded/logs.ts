import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import { isNestedDeeperThan } from '#shared/text/json-depth.ts';
import { viewOf } from '../log-view.ts';
import {
  type LogDocument,
  type LogFilter,
  type LogQuery,
  maxNesting,
  type ServiceCount,
  type StoredLog,
  type WriteOutcome,
} from '../port.ts';
import { whereOf } from './log-condition.ts';

const Row = z.object({
  id: z.string(),
  type: z.string(),
  time: z.number(),
  host: z.string(),
  service: z.string(),
  message: z.string(),
});
const Count = z.object({ count: z.number() });
const SliceCount = z.object({ slice: z.number(), count: z.number() });
const Services = z.array(z.object({ service: z.string(), count: z.number() }));

/** Puts lines into the table of log lines and its text index. */
export class LogWriter {
  readonly #insert: StatementSync;
  readonly #insertText: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      `INSERT INTO logs (id, type, time, host, service, message, json) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id, type) DO NOTHING`,
    );
    this.#insertText = database.prepare('INSERT INTO logs_text (rowid, message) VALUES (?, ?)');
  }

  save(document: LogDocument): WriteOutcome {
    const parsed = parse(document.json);
    if (typeof parsed === 'string') return { kind: 'rejected', reason: parsed };
    const { host, service, message } = viewOf(parsed.event);
    const row = this.#insert.run(
      document.id,
      document.type,
      parsed.time,
      host,
      service,
      message,
      document.json,
    );
    if (row.changes === 0) return { kind: 'duplicate' };
    // The tokenizer takes a NUL for the end.
    this.#insertText.run(row.lastInsertRowid, message.replaceAll('\0', ' '));
    return { kind: 'stored' };
  }
}

export function searchRows(database: DatabaseSync, query: LogQuery): StoredLog[] {
  const { where, values } = whereOf(query);
  const direction = query.order === 'oldest' ? 'ASC' : 'DESC';
  const rows = database
    .prepare(
      `SELECT id, type, time, host, service, message FROM logs ${where}
       ORDER BY time ${direction}, seq ${direction} LIMIT ?`,
    )
    .iterate(...values, query.limit);
  const found: StoredLog[] = [];
  let room = query.maxBytes ?? Number.POSITIVE_INFINITY;
  for (const each of rows) {
    const { time, ...row } = Row.parse(each);
    // A character has a byte or more.
    room -= row.message.length;
    if (room < 0) break;
    found.push({ ...row, timestamp: new Date(time).toISOString() });
  }
  return found;
}

export function countRows(database: DatabaseSync, query: LogFilter): number {
  const { where, values } = whereOf(query);
  const row = database.prepare(`SELECT count(*) AS count FROM logs ${where}`).get(...values);
  return Count.parse(row).count;
}

/** Counts by equal parts of the time between `from` and `to`. */
export function countRowsOverTime(
  database: DatabaseSync,
  query: LogFilter & { readonly from: number; readonly to: number },
  slices: number,
): number[] {
  const { where, values } = whereOf(query);
  const counts = new Array<number>(slices).fill(0);
  const rows = database
    .prepare(
      `SELECT min(?, CAST((time - ?) * ? / ? AS INTEGER)) AS slice, count(*) AS count FROM logs ${where} GROUP BY slice`,
    )
    .all(slices - 1, query.from, slices, Math.max(1, query.to - query.from), ...values);
  for (const { slice, count } of z.array(SliceCount).parse(rows)) counts[slice] = count;
  return counts;
}

export function servicesInRows(
  database: DatabaseSync,
  query: LogFilter & { readonly limit: number },
): ServiceCount[] {
  const { where, values } = whereOf(query);
  const rows = database
    .prepare(
      `SELECT service, count(*) AS count FROM logs ${where === '' ? 'WHERE' : `${where} AND`} service <> ''
       GROUP BY service ORDER BY count DESC, service LIMIT ?`,
    )
    .all(...values, query.limit);
  return Services.parse(rows);
}

/** The event and its time, or why it cannot be kept: what Elasticsearch would refuse is refused here too. */
function parse(json: string): { event: object; time: number } | string {
  if (isNestedDeeperThan(json, maxNesting)) return `nested deeper than ${maxNesting} levels`;
  let event: unknown;
  try {
    event = JSON.parse(json);
  } catch {
    return 'not JSON';
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return 'not a JSON object';
  const timestamp: unknown = Reflect.get(event, '@timestamp');
  const time =
    typeof timestamp === 'string' && /^\d{4}-/.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(time) ? 'no valid @timestamp' : { event, time };
}
