import { setImmediate as nextTurn } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Finding } from '#shared/model/index.ts';
import type { FindingQuery, LogQuery, StoredLog, StoreReader } from '#shared/store/port.ts';

/** What of the store context is made of. */
export type ContextStore = Pick<StoreReader, 'searchLogs' | 'searchFindings'>;

/** Searches under way at once: the indexer and people's own searches come first. */
const concurrency = 4;

/**
 * The store, asked a few questions at a time; one whose signal has come while it waited is not asked. The embedded store answers on
 * this thread, so that others get their turn in between.
 */
export function queued(store: ContextStore): ContextStore {
  const limit = pLimit(concurrency);
  const ask = <T>(signal: AbortSignal | undefined, search: () => Promise<T>): Promise<T> =>
    limit(async () => {
      await nextTurn();
      signal?.throwIfAborted();
      return search();
    });
  return {
    searchLogs: (query: LogQuery): Promise<StoredLog[]> => ask(query.signal, () => store.searchLogs(query)),
    searchFindings: (query: FindingQuery): Promise<Finding[]> =>
      ask(query.signal, () => store.searchFindings(query)),
  };
}
