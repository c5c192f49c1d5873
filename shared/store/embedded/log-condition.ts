import type { LogFilter } from '../port.ts';

/** The shortest keyword that the trigram index finds, in characters. */
const trigram = 3;

/** A filter as conditions on the columns of `logs`, and phrases to be found in its text index. */
export interface LogCondition {
  /** `type = ? AND …`; empty: everything. */
  readonly columns: string;
  readonly values: readonly (string | number)[];
  readonly phrases: readonly string[];
}

/**
 * Texts are bound values or one quoted phrase, so that nothing in them is an operator.
 *
 * @param options.time false leaves `from` and `to` out
 */
export function logCondition(query: LogFilter, { time }: { time: boolean }): LogCondition {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const phrases: string[] = [];
  const add = (part: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    parts.push(part);
    values.push(value);
  };
  add('id = ?', query.id);
  add('type = ?', query.type);
  add('service = ?', query.service);
  add('host = ?', query.host);
  if (time) {
    add('time >= ?', query.from);
    add('time < ?', query.to);
  }
  for (const raw of query.keywords ?? []) {
    const keyword = raw.replaceAll('\0', ' ').trim();
    if (keyword === '') continue;
    if ([...keyword].length >= trigram) phrases.push(`"${keyword.replaceAll('"', '""')}"`);
    else add("message LIKE ? ESCAPE '\\'", `%${keyword.replaceAll(/[\\%_]/g, '\\$&')}%`);
  }
  return { columns: parts.join(' AND '), values, phrases };
}

/** The filter as one WHERE clause, phrases included. */
export function whereOf(query: LogFilter): { where: string; values: (string | number)[] } {
  const { columns, values, phrases } = logCondition(query, { time: true });
  const parts = [
    ...(columns === '' ? [] : [columns]),
    ...phrases.map(() => 'seq IN (SELECT rowid FROM logs_text WHERE logs_text MATCH ?)'),
  ];
  return {
    where: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`,
    values: [...values, ...phrases],
  };
}
