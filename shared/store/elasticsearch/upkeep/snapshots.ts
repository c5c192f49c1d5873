import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type Connection, Refused } from '../connection.ts';

/** A snapshot in the repository. */
export interface StoredSnapshot {
  readonly name: string;
  /** `SUCCESS`, `PARTIAL`, `FAILED`, `IN_PROGRESS`, `INCOMPATIBLE`. */
  readonly state: string;
  /** When it began; milliseconds since the epoch. */
  readonly at: number;
  readonly indices: readonly string[];
  /** The first thing that went wrong with it. */
  readonly failure: string | undefined;
}

/** What Elasticsearch's own snapshot policy says of its last runs. */
export interface PolicyState {
  readonly lastSuccessAt: number | undefined;
  readonly lastFailureAt: number | undefined;
  readonly failure: string | undefined;
}

const Snapshots = z.object({
  snapshots: z.array(
    z.looseObject({
      snapshot: z.string(),
      state: z.string(),
      start_time_in_millis: z.number(),
      indices: z.array(z.string()).default([]),
      failures: z.array(z.looseObject({ reason: z.string().optional() })).default([]),
      reason: z.string().optional(),
    }),
  ),
});
const Verified = z.object({ nodes: z.record(z.string(), z.unknown()) });
const Run = z.looseObject({ time: z.number(), details: z.string().nullish() });
const Policies = z.record(
  z.string(),
  z.looseObject({ last_success: Run.optional(), last_failure: Run.optional() }),
);
const Executed = z.object({ snapshot_name: z.string() });

const pollMs = 1000;
/** Of a list; nobody keeps more of one a day. */
const mostListed = 500;

/** Whether every node can write to the repository. @returns how many can @throws what is wrong with it */
export async function verify(
  connection: Connection,
  repository: string,
  signal: AbortSignal,
): Promise<number> {
  const answer = await connection.call({
    method: 'POST',
    path: `/_snapshot/${repository}/_verify`,
    timeoutMs: 60_000,
    signal,
  });
  return Object.keys(Verified.parse(answer).nodes).length;
}

/** Snapshots whose names begin so, the newest first; undefined where there is no such repository. */
export async function snapshotsIn(
  connection: Connection,
  repository: string,
  prefix: string,
  signal?: AbortSignal,
): Promise<StoredSnapshot[] | undefined> {
  try {
    const answer = await connection.call({
      method: 'GET',
      path: `/_snapshot/${repository}/${prefix}*`,
      query: { sort: 'start_time', order: 'desc', size: mostListed },
      timeoutMs: 60_000,
      ...(signal && { signal }),
    });
    const { snapshots } = Snapshots.parse(answer);
    return snapshots.map(({ snapshot, state, start_time_in_millis: at, indices, failures, reason }) => ({
      name: snapshot,
      state,
      at,
      indices,
      failure: reason ?? failures[0]?.reason,
    }));
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}

/** What the policy says of itself; undefined where this Elasticsearch has no such policy, or knows of none at all. */
export async function policyState(
  connection: Connection,
  policy: string,
  signal?: AbortSignal,
): Promise<PolicyState | undefined> {
  try {
    const answer = await connection.call({
      method: 'GET',
      path: `/_slm/policy/${policy}`,
      ...(signal && { signal }),
    });
    const state = Policies.parse(answer)[policy];
    return (
      state && {
        lastSuccessAt: state.last_success?.time,
        lastFailureAt: state.last_failure?.time,
        failure: state.last_failure?.details ?? undefined,
      }
    );
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** Makes the policy take a snapshot now. @returns its name */
export async function execute(connection: Connection, policy: string, signal: AbortSignal): Promise<string> {
  return Executed.parse(
    await connection.call({ method: 'PUT', path: `/_slm/policy/${policy}/_execute`, signal }),
  ).snapshot_name;
}

/** Begins a snapshot. */
export async function begin(
  connection: Connection,
  repository: string,
  name: string,
  body: Record<string, unknown>,
  signal: AbortSignal,
): Promise<void> {
  await connection.call({
    method: 'PUT',
    path: `/_snapshot/${repository}/${name}`,
    query: { wait_for_completion: false },
    body,
    timeoutMs: 60_000,
    signal,
  });
}

/** Waits until the snapshot is not in progress any more; Elasticsearch goes on with it where the signal aborts. */
export async function ended(
  connection: Connection,
  repository: string,
  name: string,
  signal: AbortSignal,
): Promise<StoredSnapshot | undefined> {
  for (;;) {
    const [snapshot] = (await snapshotsIn(connection, repository, name, signal)) ?? [];
    if (snapshot?.state !== 'IN_PROGRESS') return snapshot;
    await delay(pollMs, undefined, { signal });
  }
}

/** Deletes a snapshot; what others share with it stays. */
export async function remove(
  connection: Connection,
  repository: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  await connection.call({
    method: 'DELETE',
    path: `/_snapshot/${repository}/${name}`,
    timeoutMs: 10 * 60_000,
    signal,
  });
}
