import { z } from 'zod';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { SaveRunbooksOptions } from '../port.ts';
import { type SectionChanges, type StoredSection, sectionChanges } from '../runbook-sections.ts';
import type { BulkWriter } from './bulk.ts';
import { type Connection, Refused } from './connection.ts';

/** Sections of one page when the present ones are read, and ids of one request that deletes. */
const pageSize = 1000;

const Page = z.object({
  hits: z.object({
    hits: z.array(z.object({ _id: z.string(), _source: z.object({ hash: z.string().optional() }) })),
  }),
});

/** Makes these sections, and no others, the documents behind the alias. */
export async function saveSections(
  connection: Connection,
  bulk: BulkWriter,
  alias: string,
  sections: readonly StoredSection[],
  { signal, dryRun = false }: SaveRunbooksOptions,
): Promise<SectionChanges> {
  const changes = sectionChanges(
    `runbooks ${alias}`,
    sections,
    await presentHashes(connection, alias, signal),
  );
  if (dryRun || changes.change.action === 'none') return changes;
  const items = changes.written.map(({ id, hash, document }) => ({
    id,
    index: alias,
    action: JSON.stringify({ index: { _index: alias, _id: id } }),
    source: JSON.stringify({ id, hash, ...document }),
  }));
  const refused = (await bulk.write(items, 'alias', { signal })).find(({ kind }) => kind === 'rejected');
  if (refused?.kind === 'rejected')
    throw new LogpatrolError(
      'unusable-environment',
      `Elasticsearch does not take a runbook: ${refused.reason}`,
    );
  for (let at = 0; at < changes.removed.length; at += pageSize)
    await connection.call({
      method: 'POST',
      path: `/${alias}/_delete_by_query`,
      query: { conflicts: 'proceed' },
      body: { query: { ids: { values: changes.removed.slice(at, at + pageSize) } } },
      signal,
    });
  await connection.call({ method: 'POST', path: `/${alias}/_refresh`, signal });
  return changes;
}

/** The hash of each section that is there, by id; undefined where the index has not been made. */
async function presentHashes(
  connection: Connection,
  alias: string,
  signal: AbortSignal,
): Promise<Map<string, string> | undefined> {
  const hashes = new Map<string, string>();
  let after: string | undefined;
  try {
    // What was written by others a moment ago counts too.
    await connection.call({ method: 'POST', path: `/${alias}/_refresh`, signal });
    for (;;) {
      const answer = await connection.call({
        method: 'POST',
        path: `/${alias}/_search`,
        body: {
          size: pageSize,
          sort: [{ id: 'asc' }],
          _source: ['hash'],
          track_total_hits: false,
          ...(after === undefined ? {} : { search_after: [after] }),
        },
        signal,
      });
      const { hits } = Page.parse(answer).hits;
      for (const { _id, _source } of hits) hashes.set(_id, _source.hash ?? '');
      after = hits.at(-1)?._id;
      if (after === undefined || hits.length < pageSize) return hashes;
    }
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}
