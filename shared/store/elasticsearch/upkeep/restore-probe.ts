import { z } from 'zod';
import { type Connection, Refused } from '../connection.ts';
import type { BackingIndex } from './backing-indices.ts';
import type { StoredSnapshot } from './snapshots.ts';

const Sizes = z.object({
  indices: z
    .record(
      z.string(),
      z.object({
        primaries: z.object({
          docs: z.object({ count: z.number() }),
          store: z.object({ size_in_bytes: z.number() }),
        }),
      }),
    )
    .default({}),
});
const Restored = z.object({
  snapshot: z.object({ shards: z.object({ total: z.number(), failed: z.number() }) }),
});
const Docs = z.object({ _all: z.object({ primaries: z.object({ docs: z.object({ count: z.number() }) }) }) });

const restoreTimeoutMs = 15 * 60_000;
/** An index larger than this is not restored only to see whether it can be. */
const largestBytes = 5e9;

export interface Probe {
  readonly ok: boolean;
  readonly line: string;
}

/**
 * Restores the smallest index of a snapshot that nobody writes to any more (else the smallest at all) under another name, counts its
 * documents, and deletes it. Of an index that is still written to, the copy may have fewer than there are now, and not more.
 *
 * @param as the name for the time being; what a process that died has left of it is deleted first
 */
export async function restoreProbe(
  connection: Connection,
  repository: string,
  snapshot: StoredSnapshot,
  backing: readonly BackingIndex[],
  as: string,
  signal: AbortSignal,
): Promise<Probe> {
  const closed = new Set(backing.filter(({ closedAt }) => closedAt !== undefined).map(({ name }) => name));
  const isClosed = (name: string): boolean => closed.has(name);
  const written = snapshot.indices.filter((name) => !isClosed(name));
  const index =
    (await smallest(connection, snapshot.indices.filter(isClosed), signal)) ??
    (await smallest(connection, written, signal));
  if (index === undefined)
    return {
      ok: true,
      line: `${snapshot.name} holds no index of less than 5 GB with documents that is still there`,
    };
  await drop(connection, as);
  try {
    const answer = await connection.call({
      method: 'POST',
      path: `/_snapshot/${repository}/${snapshot.name}/_restore`,
      query: { wait_for_completion: true },
      body: {
        indices: index,
        include_aliases: false,
        include_global_state: false,
        rename_pattern: '.+',
        rename_replacement: as,
        index_settings: { 'index.number_of_replicas': 0, 'index.auto_expand_replicas': false },
        ignore_index_settings: ['index.lifecycle.name'],
      },
      timeoutMs: restoreTimeoutMs,
      signal,
    });
    const { shards } = Restored.parse(answer).snapshot;
    if (shards.failed > 0 || shards.total === 0)
      return { ok: false, line: `${shards.failed} of ${shards.total} shards of ${index} cannot be restored` };
    const [copy, now] = [await count(connection, as, signal), await count(connection, index, signal)];
    const isRight = isClosed(index) ? copy === now : copy <= now;
    const line = `${index} of ${snapshot.name}: ${copy} documents restored, ${now} there now`;
    return { ok: isRight, line: isRight ? line : `${line}; the snapshot is not to be relied on` };
  } finally {
    await drop(connection, as);
  }
}

async function smallest(
  connection: Connection,
  names: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const sizes = new Map<string, number>();
  // Their names must fit the first line of a request.
  for (let start = 0; start < names.length; start += 20) {
    const answer = await connection.call({
      method: 'GET',
      path: `/${names.slice(start, start + 20).join(',')}/_stats/docs,store`,
      query: { ignore_unavailable: true, filter_path: 'indices.*.primaries' },
      signal,
    });
    for (const [name, { primaries }] of Object.entries(Sizes.parse(answer).indices))
      if (primaries.docs.count > 0 && primaries.store.size_in_bytes <= largestBytes)
        sizes.set(name, primaries.store.size_in_bytes);
  }
  return [...sizes].sort((a, b) => a[1] - b[1])[0]?.[0];
}

/** By the statistics, for who looks after indices need not be able to read what is in them. */
async function count(connection: Connection, index: string, signal: AbortSignal): Promise<number> {
  await connection.call({ method: 'POST', path: `/${index}/_refresh`, signal });
  const answer = await connection.call({ method: 'GET', path: `/${index}/_stats/docs`, signal });
  return Docs.parse(answer)._all.primaries.docs.count;
}

async function drop(connection: Connection, index: string): Promise<void> {
  try {
    await connection.call({ method: 'DELETE', path: `/${index}` });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}
