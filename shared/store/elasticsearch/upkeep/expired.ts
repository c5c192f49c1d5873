import { z } from 'zod';
import type { Config } from '#shared/config/index.ts';
import { type Connection, Refused } from '../connection.ts';
import { metricStreams, type Names } from '../names.ts';
import type { BackingIndex } from './backing-indices.ts';

const day = 24 * 60 * 60 * 1000;
/** Lifecycle management looks every ten minutes; what is still there a day later it will not delete by itself. */
const graceMs = day;
/** Findings deleted in one night at most; the rest waits for the next. */
const mostFindings = 100_000;
const findingsTimeoutMs = 10 * 60_000;

const Explained = z.object({
  indices: z
    .record(
      z.string(),
      z.looseObject({
        step: z.string().optional(),
        failed_step: z.string().optional(),
        step_info: z.looseObject({ reason: z.string().optional() }).optional(),
      }),
    )
    .default({}),
});
const Count = z.object({ count: z.number() });
const Deleted = z.object({ deleted: z.number(), failures: z.array(z.unknown()).default([]) });

/** How long an index of a stream is kept after it was closed, in milliseconds. */
export function keptMs(stream: string, retention: Config['retention'], names: Names): number {
  if (stream === names.deliveries) return retention.deliveriesDays * day;
  if (stream === names.audit) return retention.auditDays * day;
  if (metricStreams(names).includes(stream)) return retention.metricsDays * day;
  return retention.elasticsearch.logs.deleteAfterDays * day;
}

/** Indices that lifecycle management should have deleted, and did not. */
export function overdue(
  indices: readonly BackingIndex[],
  retention: Config['retention'],
  names: Names,
  now: number,
): BackingIndex[] {
  return indices.filter(
    ({ stream, closedAt }) =>
      closedAt !== undefined && now - closedAt > keptMs(stream, retention, names) + graceMs,
  );
}

/** Indices at which lifecycle management has stopped with an error, and which. */
export async function lifecycleErrors(
  connection: Connection,
  streams: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const lines: string[] = [];
  for (const stream of streams) {
    const { indices } = Explained.parse(await explained(connection, stream, signal));
    for (const [index, { step, failed_step: failed, step_info: info }] of Object.entries(indices))
      if (step === 'ERROR')
        lines.push(
          `lifecycle of ${index} stopped at ${failed ?? 'a step'}: ${info?.reason ?? 'no reason given'}; mend that, then POST /${index}/_ilm/retry`,
        );
  }
  return lines;
}

async function explained(connection: Connection, stream: string, signal?: AbortSignal): Promise<unknown> {
  try {
    return await connection.call({
      method: 'GET',
      path: `/${stream}/_ilm/explain`,
      query: { only_errors: true, only_managed: true },
      ...(signal && { signal }),
    });
  } catch (error) {
    // There is no such stream yet, or no lifecycle management in this Elasticsearch.
    if (error instanceof Refused) return {};
    throw error;
  }
}

/** Deletes findings that were resolved and last seen so long ago; gives how many, or how many it would. */
export async function dropFindings(
  connection: Connection,
  findings: string,
  before: number,
  { dryRun, signal }: { dryRun: boolean; signal: AbortSignal },
): Promise<number> {
  const query = {
    bool: {
      filter: [
        { term: { state: 'resolved' } },
        { range: { lastSeen: { lt: new Date(before).toISOString() } } },
      ],
    },
  };
  const count = Count.parse(
    await connection.call({ method: 'POST', path: `/${findings}/_count`, body: { query }, signal }),
  ).count;
  if (dryRun || count === 0) return count;
  const answer = await connection.call({
    method: 'POST',
    path: `/${findings}/_delete_by_query`,
    // One that is written meanwhile has been seen again, and stays.
    query: { conflicts: 'proceed', max_docs: mostFindings, requests_per_second: 2000 },
    body: { query },
    timeoutMs: findingsTimeoutMs,
    signal,
  });
  return Deleted.parse(answer).deleted;
}
