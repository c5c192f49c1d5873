import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Connection } from '../connection.ts';
import type { BackingIndex } from './backing-indices.ts';

const Stats = z.object({
  indices: z
    .record(z.string(), z.object({ primaries: z.object({ segments: z.object({ count: z.number() }) }) }))
    .default({}),
});
const Task = z.object({ task: z.string() });
const Ended = z.object({
  completed: z.boolean(),
  error: z.object({ reason: z.string().optional() }).optional(),
  response: z.object({ _shards: z.object({ failed: z.number() }) }).optional(),
});

const pollMs = 1000;

/** Closed indices that are more than one segment a shard, the oldest first. A time series is closed once its time has passed. */
export async function mergeable(
  connection: Connection,
  indices: readonly BackingIndex[],
  now: number,
  signal: AbortSignal,
): Promise<BackingIndex[]> {
  const closed = indices.filter(
    ({ closedAt, openUntil }) => closedAt !== undefined && (openUntil === undefined || openUntil <= now),
  );
  const found: BackingIndex[] = [];
  for (const [stream, own] of Map.groupBy(closed, (index) => index.stream)) {
    const answer = await connection.call({
      method: 'GET',
      path: `/${stream}/_stats/segments`,
      query: { filter_path: 'indices.*.primaries.segments.count' },
      signal,
    });
    const { indices: stats } = Stats.parse(answer);
    found.push(...own.filter(({ name, shards }) => (stats[name]?.primaries.segments.count ?? 0) > shards));
  }
  return found.sort((a, b) => a.createdAt - b.createdAt);
}

/**
 * Merges an index into one segment a shard and waits for it. A merge cannot be stopped: where the signal aborts, it goes on without
 * us.
 *
 * @returns why it failed
 */
export async function merge(
  connection: Connection,
  { name }: BackingIndex,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { task } = Task.parse(
    await connection.call({
      method: 'POST',
      path: `/${name}/_forcemerge`,
      query: { max_num_segments: 1, wait_for_completion: false },
      signal,
    }),
  );
  for (;;) {
    const { completed, error, response } = Ended.parse(
      await connection.call({ method: 'GET', path: `/_tasks/${encodeURIComponent(task)}`, signal }),
    );
    if (completed) {
      if (error !== undefined) return error.reason ?? 'no reason given';
      return (response?._shards.failed ?? 0) > 0 ? `${response?._shards.failed} shards failed` : undefined;
    }
    await delay(pollMs, undefined, { signal });
  }
}
