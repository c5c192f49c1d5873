import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import { isNestedDeeperThan } from '#shared/text/json-depth.ts';
import { viewOf } from '../log-view.ts';
import { type LogDocument, type LogQuery, maxNesting, type StoredLog, type WriteOutcome } from '../port.ts';

const Row = z.object({
  id: z.string(),
  type: z.string(),
  time: z.number(),
  host: z.string(),
  service: z.string(),
  message: z.string(),
});
const Count = z.object({ count: z.number() });

/** The shortest keyword that the trigram index finds, in characters. */
const trigram = 3;

/** The table of log lines and its text index. */
export class Logs {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #insertText: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
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

  search(query: LogQuery): StoredLog[] {
    const { where, values } = condition(query);
    const direction = query.order === 'oldest' ? 'ASC' : 'DESC';
    const rows = this.#database
      .prepare(
        `SELECT id, type, time, host, service, message FROM logs ${where}
         ORDER BY time ${direction}, seq ${direction} LIMIT ?`,
      )
      .all(...values, query.limit);
    return z
      .array(Row)
      .parse(rows)
      .map(({ time, ...row }) => ({ ...row, timestamp: new Date(time).toISOString() }));
  }

  count(query: Omit<LogQuery, 'limit' | 'order'>): number {
    const { where, values } = condition(query);
    const row = this.#database.prepare(`SELECT count(*) AS count FROM logs ${where}`).get(...values);
    return Count.parse(row).count;
  }
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

/** Texts are bound values or one quoted phrase, so that nothing in them is an operator. */
function condition(query: Omit<LogQuery, 'limit' | 'order'>): { where: string; values: (string | number)[] } {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (part: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    parts.push(part);
    values.push(value);
  };
  add('type = ?', query.type);
  add('service = ?', query.service);
  add('host = ?', query.host);
  add('time >= ?', query.from);
  add('time < ?', query.to);
  for (const raw of query.keywords ?? []) {
    const keyword = raw.replaceAll('\0', ' ').trim();
    if (keyword === '') continue;
    if ([...keyword].length >= trigram)
      add(
        'seq IN (SELECT rowid FROM logs_text WHERE logs_text MATCH ?)',
        `"${keyword.replaceAll('"', '""')}"`,
      );
    else add("message LIKE ? ESCAPE '\\'", `%${keyword.replaceAll(/[\\%_]/g, '\\$&')}%`);
  }
  return { where: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`, values };
}
