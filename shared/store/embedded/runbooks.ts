import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { type SectionChanges, type StoredSection, sectionChanges } from '../runbook-sections.ts';

const Row = z.object({ id: z.string(), hash: z.string() });

/** What is to be done so that exactly these sections are in the table. */
export function changesOfSections(
  database: DatabaseSync,
  sections: readonly StoredSection[],
): SectionChanges {
  const rows = z.array(Row).parse(database.prepare('SELECT id, hash FROM runbooks').all());
  return sectionChanges('runbooks', sections, new Map(rows.map(({ id, hash }) => [id, hash])));
}

/** Does it; inside a transaction. */
export function writeSections(database: DatabaseSync, { written, removed }: SectionChanges): void {
  const upsert = database.prepare(
    `INSERT INTO runbooks (id, hash, json) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, json = excluded.json`,
  );
  const remove = database.prepare('DELETE FROM runbooks WHERE id = ?');
  for (const { id, hash, document } of written) upsert.run(id, hash, JSON.stringify(document));
  for (const id of removed) remove.run(id);
}
