import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { AuditEntry, Delivery } from '#shared/model/index.ts';
import type { AuditQuery, DeliveryQuery } from '../port.ts';

const Json = z.object({ json: z.string() });

/** A delivery's group is looked for by an index over its JSON; written as the index is, or that would not serve. */
export const groupOf = "json_extract(json, '$.groupId')";

export function deliveriesOf(database: DatabaseSync, query: DeliveryQuery): Delivery[] {
  const where = allOf([
    ['incident = ?', query.incidentId],
    [`${groupOf} = ?`, query.groupId],
    ['channel = ?', query.channel],
  ]);
  return database
    .prepare(`SELECT json FROM deliveries ${where.text} ORDER BY time DESC, attempt DESC, seq DESC LIMIT ?`)
    .all(...where.values, query.limit)
    .map((row) => Delivery.parse(JSON.parse(Json.parse(row).json)));
}

/** None where the file is of an earlier version that kept none, and is only read. */
export function auditEntries(database: DatabaseSync, query: AuditQuery): AuditEntry[] {
  if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'audit'").get() === undefined) return [];
  const where = allOf([
    ['incident = ?', query.incidentId],
    ['person = ?', query.by],
    ['action = ?', query.action],
    ['time >= ?', query.from],
    ['time < ?', query.to],
  ]);
  return database
    .prepare(`SELECT json FROM audit ${where.text} ORDER BY time DESC, id LIMIT ?`)
    .all(...where.values, query.limit)
    .map((row) => AuditEntry.parse(JSON.parse(Json.parse(row).json)));
}

/** One WHERE clause of the conditions that have a value; the values are bound. */
function allOf(conditions: readonly (readonly [string, string | number | undefined])[]): {
  text: string;
  values: (string | number)[];
} {
  const held = conditions.flatMap(([text, value]) => (value === undefined ? [] : [{ text, value }]));
  return {
    text: held.length === 0 ? '' : `WHERE ${held.map(({ text }) => text).join(' AND ')}`,
    values: held.map(({ value }) => value),
  };
}
