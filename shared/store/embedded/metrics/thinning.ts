import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { type Level, statusStepMs } from './levels.ts';
import { joined, type Packed, pack, unpack } from './packed.ts';

const PackedRow = z.object({ seq: z.number(), server: z.number(), time: z.number(), json: z.string() });
const NextRow = z.object({ json: z.string() });
const Until = z.object({ until: z.number() });
const Oldest = z.object({ timestamp: z.string().nullable() });

/**
 * Makes summaries of the oldest rows of a level that are from before a moment, `limit` of them at most, and puts them into the next level.
 * A row that is joined to one that is there already loses nothing, so a part of a step can go before the rest of it.
 *
 * @returns how many rows went
 */
export function thin(
  database: DatabaseSync,
  [from, to]: readonly [Level, Level],
  before: number,
  limit: number,
): number {
  const rows = database
    .prepare(`SELECT seq, server, time, json FROM ${from.table} WHERE time < ? ORDER BY time LIMIT ?`)
    .all(before, limit)
    .map((row) => PackedRow.parse(row));
  const next = new Map<string, { server: number; time: number; packed: Packed }>();
  const present = database.prepare(`SELECT json FROM ${to.table} WHERE server = ? AND time = ?`);
  for (const row of rows) {
    const time = Math.floor(row.time / to.stepMs) * to.stepMs;
    const key = `${row.server} ${time}`;
    let target = next.get(key);
    if (target === undefined) {
      const there = present.get(row.server, time);
      const packed: Packed = there === undefined ? new Map() : unpack(NextRow.parse(there).json);
      target = { server: row.server, time, packed };
      next.set(key, target);
    }
    for (const [description, summary] of unpack(row.json)) {
      const earlier = target.packed.get(description);
      target.packed.set(description, earlier === undefined ? summary : joined(earlier, summary));
    }
  }
  const upsert = database.prepare(
    `INSERT INTO ${to.table} (server, time, json) VALUES (?, ?, ?)
     ON CONFLICT (server, time) DO UPDATE SET json = excluded.json`,
  );
  for (const { server, time, packed } of next.values()) upsert.run(server, time, pack(packed));
  const remove = database.prepare(`DELETE FROM ${from.table} WHERE seq = ?`);
  for (const { seq } of rows) remove.run(seq);
  return rows.length;
}

/**
 * Leaves of the statuses of one hour before a moment the first of each server and kind (outcome, power, health), the oldest hour that has not been
 * seen to.
 *
 * @returns whether there was one
 */
export function thinStatuses(database: DatabaseSync, before: number): boolean {
  const done = database.prepare("SELECT until FROM thinned WHERE what = 'server_status'").get();
  const since = done === undefined ? 0 : Until.parse(done).until;
  const { timestamp } = Oldest.parse(
    database
      .prepare('SELECT min(timestamp) AS timestamp FROM server_status WHERE timestamp >= ?')
      .get(new Date(since).toISOString()),
  );
  if (timestamp === null) return false;
  const begin = Math.floor(Date.parse(timestamp) / statusStepMs) * statusStepMs;
  const end = begin + statusStepMs;
  if (end > before) return false;
  const span = [new Date(begin).toISOString(), new Date(end).toISOString()] as const;
  database
    .prepare(
      `DELETE FROM server_status WHERE timestamp >= ? AND timestamp < ? AND rowid NOT IN (
         SELECT min(rowid) FROM server_status WHERE timestamp >= ? AND timestamp < ?
         GROUP BY server_name, power_state, json_extract(json, '$.source'), json_extract(json, '$.outcome'),
           json_extract(json, '$.health'))`,
    )
    .run(...span, ...span);
  database
    .prepare(
      `INSERT INTO thinned (what, until) VALUES ('server_status', ?)
       ON CONFLICT (what) DO UPDATE SET until = excluded.until`,
    )
    .run(end);
  return true;
}
