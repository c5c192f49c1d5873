import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { ServerStatus } from '#shared/model/index.ts';
import { sinceOf } from '../../look-back.ts';
import type { MetricFilter } from '../../metrics-port.ts';
import { statusesOfMachines } from '../../server-statuses.ts';

const Json = z.object({ json: z.string().nullable() });
const sourceOf = "json_extract(json, '$.source')";
const hostOf = "json_extract(json, '$.host')";

/** The newest status of each server, by name. */
export function newestStatuses(
  database: DatabaseSync,
  query: MetricFilter & { readonly limit: number },
): ServerStatus[] {
  const known = conditions([
    ['servers.name = ?', query.server],
    ['servers.host = ?', query.host],
  ]);
  const rows = database
    .prepare(
      `SELECT (SELECT json FROM server_status
               WHERE server_name = servers.name AND ${sourceOf} = servers.source
                 AND timestamp >= ? AND timestamp < ? AND ${hostOf} = servers.host
               ORDER BY timestamp DESC LIMIT 1) AS json
       FROM servers WHERE ${known.text}`,
    )
    .all(moment(sinceOf(query)), moment(query.to ?? latest), ...known.values);
  // A server whose host is called otherwise than before has a row for each.
  const newest = new Map<string, ServerStatus>();
  for (const status of statusesIn(rows)) {
    const key = `${status.source} ${status.server}`;
    const other = newest.get(key);
    if (other === undefined || other.timestamp < status.timestamp) newest.set(key, status);
  }
  return statusesOfMachines([...newest.values()], query.source).slice(0, query.limit);
}

/** The statuses of a server, the newest first. */
export function statusesOf(
  database: DatabaseSync,
  query: MetricFilter & { readonly server: string; readonly limit: number },
): ServerStatus[] {
  const { text, values } = conditions([
    ['server_name = ?', query.server],
    [`${sourceOf} = ?`, query.source],
    [`${hostOf} = ?`, query.host],
    ['timestamp >= ?', query.from === undefined ? undefined : moment(query.from)],
    ['timestamp < ?', query.to === undefined ? undefined : moment(query.to)],
  ]);
  const rows = database
    .prepare(`SELECT json FROM server_status WHERE ${text} ORDER BY timestamp DESC, ${sourceOf} DESC LIMIT ?`)
    .all(...values, query.limit);
  return statusesIn(rows);
}

/** Greatest moment that a Date can be, in milliseconds, is beyond what sorts as text. */
const latest = Date.UTC(9999, 11, 31);

function moment(time: number): string {
  return new Date(Math.max(0, Math.min(latest, time))).toISOString();
}

function statusesIn(rows: readonly unknown[]): ServerStatus[] {
  return rows.flatMap((row) => {
    const { json } = Json.parse(row);
    return json === null ? [] : [ServerStatus.parse(JSON.parse(json))];
  });
}

function conditions(wanted: readonly (readonly [string, string | undefined])[]): {
  text: string;
  values: string[];
} {
  const held = wanted.flatMap(([text, value]) => (value === undefined ? [] : [{ text, value }]));
  return {
    text: ['1', ...held.map(({ text }) => text)].join(' AND '),
    values: held.map(({ value }) => value),
  };
}
