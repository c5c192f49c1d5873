import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { placeOf, viewOf } from '../log-view.ts';
import type { LogScan, ScannedLog } from '../port.ts';
import { logCondition } from './log-condition.ts';

const Newest = z.object({ seq: z.number().nullable() });
const Key = z.object({ time: z.number(), seq: z.number() });
const Row = z.object({ id: z.string(), type: z.string(), json: z.string() });
const Found = z.object({ rowid: z.number() });

/** Rows looked at in one go, matching or not: some milliseconds of work; other tasks get their turn in between. */
const pageRows = 1000;
/** Characters of one page. */
const pageLength = 1024 * 1024;

/**
 * Goes through the lines by time and arrival. Only what was there at the beginning is given: no row later than the newest one
 * then; and no transaction is held between pages, which would keep the write-ahead log growing.
 */
export async function* scanRows(database: DatabaseSync, query: LogScan): AsyncGenerator<ScannedLog[]> {
  query.signal?.throwIfAborted();
  const newest = Newest.parse(database.prepare('SELECT max(seq) AS seq FROM logs').get()).seq;
  if (newest === null) return;
  const { columns, values, phrases } = logCondition(query, { time: false });
  // Each half follows the index on time, so that a page costs the same wherever it begins and however many lines share a moment.
  const keysAfter = database.prepare(
    `SELECT time, seq FROM logs WHERE time = ?1 AND seq > ?2 AND seq <= ?4
     UNION ALL SELECT time, seq FROM logs WHERE time > ?1 AND time < ?3 AND seq <= ?4
     ORDER BY time, seq LIMIT ${pageRows}`,
  );
  const rowOf = database.prepare(
    `SELECT id, type, json FROM logs WHERE seq = ?${columns === '' ? '' : ` AND ${columns}`}`,
  );
  const found = database.prepare(
    'SELECT rowid FROM logs_text WHERE logs_text MATCH ? AND rowid BETWEEN ? AND ?',
  );
  const to = query.to ?? Number.MAX_SAFE_INTEGER;
  let after = { time: (query.from ?? Number.MIN_SAFE_INTEGER + 1) - 1, seq: Number.MAX_SAFE_INTEGER };

  for (;;) {
    const keys = z.array(Key).parse(keysAfter.all(after.time, after.seq, to, newest));
    if (keys.length === 0) return;
    let low = newest;
    let high = 0;
    for (const { seq } of keys) {
      low = Math.min(low, seq);
      high = Math.max(high, seq);
    }
    const withPhrases = phrases.map(
      (phrase) => new Set(found.all(phrase, low, high).map((row) => Found.parse(row).rowid)),
    );
    let page: ScannedLog[] = [];
    let length = 0;
    for (const key of keys) {
      after = key;
      if (!withPhrases.every((rows) => rows.has(key.seq))) continue;
      const row = rowOf.get(key.seq, ...values);
      // Dropped by retention in the meantime, or not what was asked for.
      if (row === undefined) continue;
      const log = scannedLog(Row.parse(row), key.time);
      page.push(log);
      length += log.json.length;
      if (length < pageLength) continue;
      yield page;
      page = [];
      length = 0;
      await nextTurn();
      query.signal?.throwIfAborted();
    }
    if (page.length > 0) yield page;
    await nextTurn();
    query.signal?.throwIfAborted();
  }
}

function scannedLog(row: z.infer<typeof Row>, time: number): ScannedLog {
  const event: unknown = JSON.parse(row.json);
  return { ...row, timestamp: new Date(time).toISOString(), ...viewOf(event), ...placeOf(event) };
}
