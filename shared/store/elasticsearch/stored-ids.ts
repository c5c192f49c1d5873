import { z } from 'zod';
import { LogpatrolError } from '#shared/errors/index.ts';
import { type Connection, Refused } from './connection.ts';

const Refreshed = z.object({ _shards: z.object({ failed: z.number() }) });
const Found = z.object({ hits: z.object({ hits: z.array(z.object({ _id: z.string() })) }) });

/** Ids looked up in one search; each can be found once in each of a few backing indices and all must fit one answer. */
const idsPerSearch = 2500;
const maxHits = 10_000;

/**
 * Which of the ids are in any backing index of the data stream. A refresh comes first, for a search does not see what was
 * written since the last one; so nothing that was acknowledged before this call is missed.
 */
export async function storedIds(
  connection: Connection,
  stream: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Set<string>> {
  const stored = new Set<string>();
  try {
    const refreshed = Refreshed.parse(
      await connection.call({ method: 'POST', path: `/${stream}/_refresh`, signal }),
    );
    if (refreshed._shards.failed > 0)
      throw new LogpatrolError('unreachable', `Elasticsearch could not refresh every shard of ${stream}`);
    for (let start = 0; start < ids.length; start += idsPerSearch) {
      const answer = await connection.call({
        method: 'POST',
        path: `/${stream}/_search`,
        query: { allow_partial_search_results: false, filter_path: 'hits.hits._id,hits.total' },
        body: {
          query: { ids: { values: ids.slice(start, start + idsPerSearch) } },
          size: maxHits,
          _source: false,
        },
        signal,
      });
      const { hits } = Found.parse(withHits(answer));
      for (const hit of hits.hits) stored.add(hit._id);
    }
  } catch (error) {
    // There is no such stream yet, so nothing is in it.
    if (error instanceof Refused && error.status === 404) return stored;
    throw error;
  }
  return stored;
}

/** `filter_path` leaves an empty list out. */
function withHits(answer: unknown): unknown {
  const parsed = z.object({ hits: z.object({ hits: z.unknown().optional() }) }).parse(answer);
  return { hits: { hits: parsed.hits.hits ?? [] } };
}
