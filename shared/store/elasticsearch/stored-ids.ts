import { z } from 'zod';
import { LogpatrolError } from '#shared/errors/index.ts';
import { type Connection, Refused } from './connection.ts';

const Refreshed = z.object({ _shards: z.object({ failed: z.number() }) });
const Streams = z.object({
  data_streams: z.array(z.object({ indices: z.array(z.object({ index_name: z.string() })) })),
});
const Found = z.object({ hits: z.object({ hits: z.array(z.object({ _id: z.string() })) }) });

/** Ids looked up in one search; each can be found once in each of a few backing indices and all must fit one answer. */
const idsPerSearch = 2500;
const maxHits = 10_000;

/** Their names must fit the first line of a request, which may have 4 KB. */
const indicesPerRefresh = 20;

/**
 * Which of the ids are in a backing index of the data stream that is not written to any more; the one that is refuses what it has
 * by itself, so where there is no other, nothing is searched. A refresh of the old ones comes first, for a search does not see
 * what was written just before a rollover. (Left open: a rollover in the milliseconds between this look and the write.)
 */
export async function storedIds(
  connection: Connection,
  stream: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Set<string>> {
  const stored = new Set<string>();
  try {
    const older = await olderIndices(connection, stream, signal);
    if (older.length === 0) return stored;
    for (let start = 0; start < older.length; start += indicesPerRefresh) {
      const path = `/${older.slice(start, start + indicesPerRefresh).join(',')}/_refresh`;
      const refreshed = Refreshed.parse(await connection.call({ method: 'POST', path, signal }));
      if (refreshed._shards.failed > 0)
        throw new LogpatrolError('unreachable', `Elasticsearch could not refresh every shard of ${stream}`);
    }
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

async function olderIndices(connection: Connection, stream: string, signal: AbortSignal): Promise<string[]> {
  const { data_streams: streams } = Streams.parse(
    await connection.call({ method: 'GET', path: `/_data_stream/${stream}`, signal }),
  );
  // The last one is the write index.
  return (streams[0]?.indices ?? []).slice(0, -1).map((index) => index.index_name);
}

/** `filter_path` leaves an empty list out. */
function withHits(answer: unknown): unknown {
  const parsed = z.object({ hits: z.object({ hits: z.unknown().optional() }) }).parse(answer);
  return { hits: { hits: parsed.hits.hits ?? [] } };
}
