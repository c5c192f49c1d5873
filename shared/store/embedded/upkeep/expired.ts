import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { Config } from '#shared/config/index.ts';
import { transact } from '../database.ts';

const day = 24 * 60 * 60 * 1000;
/** Rows of one transaction, some milliseconds of work. */
const rowsAtOnce = 1000;
const Count = z.object({ count: z.number() });

const tables = [
  {
    table: 'findings',
    days: 'findingsDays',
    condition: "last_seen < ? AND json_extract(json, '$.state') = 'resolved'",
  },
  { table: 'deliveries', days: 'deliveriesDays', condition: 'time < ?' },
  { table: 'audit', days: 'auditDays', condition: 'time < ?' },
] as const;

/** Deletes what has been kept for long enough, little by little, and says how much of what. */
export async function dropExpired(
  database: DatabaseSync,
  retention: Config['retention'],
  { now, dryRun, signal }: { now: number; dryRun: boolean; signal: AbortSignal },
): Promise<string[]> {
  const lines: string[] = [];
  for (const { table, days, condition } of tables) {
    const before = now - retention[days] * day;
    let dropped = 0;
    if (dryRun)
      dropped = Count.parse(
        database.prepare(`SELECT count(*) AS count FROM ${table} WHERE ${condition}`).get(before),
      ).count;
    else {
      const remove = database.prepare(
        `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE ${condition} LIMIT ${rowsAtOnce})`,
      );
      for (let changes = rowsAtOnce; changes === rowsAtOnce; dropped += changes) {
        signal.throwIfAborted();
        changes = Number(transact(database, () => remove.run(before)).changes);
        await nextTurn();
      }
    }
    if (dropped > 0)
      lines.push(`${dropped} ${table} of more than ${retention[days]} days${dryRun ? ' would go' : ' went'}`);
  }
  return lines;
}
