import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { transact } from './database.ts';

const PageCount = z.object({ page_count: z.number() });
const FreeCount = z.object({ freelist_count: z.number() });
const PageSize = z.object({ page_size: z.number() });
const Bounds = z.object({ first: z.number().nullable(), last: z.number().nullable() });

/** How much of the rows goes at once; a twentieth takes some tens of milliseconds at ordinary sizes. */
const share = 20;

/** Bytes in use in the database file; pages that deletions have freed are used again before the file grows. */
export function usedBytes(database: DatabaseSync): number {
  const { page_count: pages } = PageCount.parse(database.prepare('PRAGMA page_count').get());
  const { freelist_count: free } = FreeCount.parse(database.prepare('PRAGMA freelist_count').get());
  const { page_size: size } = PageSize.parse(database.prepare('PRAGMA page_size').get());
  return (pages - free) * size;
}

/** What takes space beside the tables here: how much, and a way to take less, inside a transaction; false where nothing is left. */
interface Shrinkable {
  bytes(): number;
  shrink(): boolean;
}

/**
 * Drops the oldest lines where more than `maxBytes` are in use, a twentieth of them; and the oldest deliveries where there
 * is no line left to drop, then who did what. Readings of hardware give way first where they take more than half, else after the lines.
 * Findings stay. Returns whether something was dropped, and then it may be due again.
 */
export function dropOldest(database: DatabaseSync, maxBytes: number, readings: Shrinkable): boolean {
  if (usedBytes(database) <= maxBytes) return false;
  return transact(
    database,
    () =>
      (readings.bytes() > maxBytes / 2 && readings.shrink()) ||
      dropFrom(database, 'logs') ||
      readings.shrink() ||
      dropFrom(database, 'deliveries') ||
      dropFrom(database, 'audit'),
  );
}

function dropFrom(database: DatabaseSync, table: 'logs' | 'deliveries' | 'audit'): boolean {
  const bounds = database.prepare(`SELECT min(seq) AS first, max(seq) AS last FROM ${table}`).get();
  const { first, last } = Bounds.parse(bounds);
  if (first === null || last === null) return false;
  const upTo = first + Math.floor((last - first) / share);
  if (table === 'logs')
    database.prepare('DELETE FROM logs_text WHERE rowid BETWEEN ? AND ?').run(first, upTo);
  database.prepare(`DELETE FROM ${table} WHERE seq BETWEEN ? AND ?`).run(first, upTo);
  return true;
}
