import { z } from 'zod';
import { LogpatrolError } from '#shared/errors/index.ts';
import { placeOf } from '../log-view.ts';
import type { LogScan, ScannedLog } from '../port.ts';
import { type Connection, Refused, TooLarge } from './connection.ts';
import type { Names } from './names.ts';
import { logFilter, logSort, toStoredLog } from './search.ts';

const Opened = z.object({ id: z.string() });
const Page = z.object({
  pit_id: z.string().optional(),
  hits: z.object({
    hits: z.array(
      z.object({
        _id: z.string(),
        _index: z.string(),
        _source: z.record(z.string(), z.unknown()),
        sort: z.array(z.unknown()),
      }),
    ),
  }),
});
type ScanHit = z.infer<typeof Page>['hits']['hits'][number];

/** How long Elasticsearch holds the moment of the scan after each page; a consumer may take its time with one. */
const keepAlive = '5m';
/** Lines of the first page, of any, and at least of one that was too large. */
const firstPage = 500;
const largestPage = 5000;
const smallestPage = 8;
/** What a page should have, and what it must not exceed, in bytes; a larger one is asked for again in parts. */
const wantedBytes = 2 * 1024 * 1024;
const maxBytes = 32 * 1024 * 1024;

/**
 * Goes through the lines of these data streams as they were at the beginning (a point in time), the next page on its way while
 * one is worked on.
 */
export async function* scanStreams(
  connection: Connection,
  streams: string,
  names: Names,
  query: LogScan,
): AsyncGenerator<ScannedLog[]> {
  query.signal?.throwIfAborted();
  const ending = new AbortController();
  const signal = query.signal === undefined ? ending.signal : AbortSignal.any([query.signal, ending.signal]);
  const opened = await connection.call({
    method: 'POST',
    path: `/${streams}/_pit`,
    query: { keep_alive: keepAlive, ignore_unavailable: true },
    signal,
  });
  let pit = Opened.parse(opened).id;
  let size = firstPage;

  const fetchPage = async (after: readonly unknown[] | undefined): Promise<ScanHit[]> => {
    for (;;) {
      try {
        const answer = await connection.call({
          method: 'POST',
          path: '/_search',
          body: {
            pit: { id: pit, keep_alive: keepAlive },
            query: logFilter(query),
            sort: [...logSort('oldest'), { _shard_doc: 'asc' }],
            size,
            track_total_hits: false,
            ...(after === undefined ? {} : { search_after: after }),
          },
          signal,
          maxBytes,
        });
        const page = Page.parse(answer);
        pit = page.pit_id ?? pit;
        return page.hits.hits;
      } catch (error) {
        if (error instanceof TooLarge && size > smallestPage)
          size = Math.max(smallestPage, Math.floor(size / 8));
        else throw asTold(error);
      }
    }
  };

  let next: Promise<ScanHit[]> | undefined = fetchPage(undefined);
  try {
    while (next !== undefined) {
      const hits: ScanHit[] = await next;
      const last = hits.at(-1);
      if (last === undefined) return;
      const page = hits.map((hit) => scannedLog(hit, names));
      const bytes = page.reduce((sum, { json }) => sum + json.length, 0);
      size = Math.min(largestPage, Math.max(smallestPage, Math.floor((wantedBytes * hits.length) / bytes)));
      next = fetchPage(last.sort);
      // Told of below, or of no interest any more where the consumer has left.
      next.catch(() => {});
      yield page;
      query.signal?.throwIfAborted();
    }
  } finally {
    ending.abort();
    await next?.catch(() => {});
    // It would be given up in some minutes by itself; nothing depends on it.
    await connection.call({ method: 'DELETE', path: '/_pit', body: { id: pit } }).catch(() => {});
  }
}

function scannedLog(hit: ScanHit, names: Names): ScannedLog {
  return { ...toStoredLog(hit, names), ...placeOf(hit._source), json: JSON.stringify(hit._source) };
}

function asTold(error: unknown): unknown {
  // 404: Elasticsearch has been restarted, or it was asked for no page in five minutes.
  if (!(error instanceof Refused) || error.status !== 404) return error;
  return new LogpatrolError(
    'unreachable',
    'Elasticsearch has given up the search through the stored lines half-way; try again',
    { cause: error },
  );
}
