import type { DependencyHealth } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import type { StepOptions, StepReport } from '../../upkeep.ts';
import type { Connection } from '../connection.ts';
import type { SnapshotAssets } from '../snapshot-assets.ts';
import {
  begin,
  ended,
  execute,
  policyState,
  remove,
  type StoredSnapshot,
  snapshotsIn,
  verify,
} from './snapshots.ts';

type Report = Omit<StepReport, 'step'>;

const hour = 60 * 60 * 1000;
const day = 24 * hour;
/** So many stay, however old they are; the policy's `min_count` says the same. */
const alwaysKept = 3;

/**
 * Sees that there is a snapshot of this night: looks at the one that Elasticsearch's own policy has taken, has it taken where there is
 * none that is fresh and complete, and takes it itself where this Elasticsearch knows no policies; then removes what is too old.
 */
export async function nightlySnapshot(
  connection: Connection,
  assets: SnapshotAssets,
  { keepDays, maxAgeHours }: Config['snapshots'],
  { now, dryRun, signal }: StepOptions,
): Promise<Report> {
  const { repository, prefix, policy } = assets;
  const before = await snapshotsIn(connection, repository, prefix, signal);
  if (before === undefined)
    return { outcome: 'trouble', lines: [`there is no repository ${repository}: run \`logpatrol setup\``] };
  const nodes = await verify(connection, repository, signal);
  const byPolicy = await policyState(connection, policy, signal);
  const newest = before.find(isComplete);
  const isFresh = newest !== undefined && now - newest.at <= maxAgeHours * hour;
  if (dryRun)
    return {
      outcome: 'done',
      lines: [byPolicy !== undefined && isFresh ? `${newest.name} is fresh` : 'would take a snapshot'],
    };
  if (byPolicy !== undefined && isFresh) {
    const line = `${newest.name} is complete, and ${ageOf(newest, now)} old; ${nodes} nodes can write to ${repository}`;
    return { outcome: 'done', lines: [line] };
  }
  const trouble =
    byPolicy?.failure === undefined || (byPolicy.lastSuccessAt ?? 0) > (byPolicy.lastFailureAt ?? 0)
      ? []
      : [`the policy ${policy} failed last time: ${byPolicy.failure}`];
  const name =
    byPolicy === undefined
      ? `${prefix}${new Date(now).toISOString().toLowerCase().replaceAll(':', '.')}`
      : await execute(connection, policy, signal);
  if (byPolicy === undefined) await begin(connection, repository, name, assets.snapshotBody, signal);
  const taken = await ended(connection, repository, name, signal);
  if (taken === undefined || !isComplete(taken))
    return {
      outcome: 'trouble',
      lines: [
        `${name} is not complete (${taken?.state ?? 'it is gone'}): ${taken?.failure ?? 'no reason given'}`,
        ...trouble,
      ],
    };
  const old = byPolicy === undefined ? outdated([taken, ...before], keepDays, now) : [];
  for (const each of old) await remove(connection, repository, each.name, signal);
  const gone = old.length === 0 ? [] : [`${old.length} of more than ${keepDays} days removed`];
  const line = `${name} of ${taken.indices.length} indices is complete; ${nodes} nodes can write to ${repository}`;
  return { outcome: 'done', lines: [line, ...gone, ...trouble] };
}

/** Whether there is a complete snapshot that is young enough. */
export async function snapshotHealth(
  connection: Connection,
  { repository, prefix }: SnapshotAssets,
  { maxAgeHours }: Config['snapshots'],
  now: number,
): Promise<DependencyHealth> {
  const name = 'snapshots';
  const snapshots = await snapshotsIn(connection, repository, prefix);
  if (snapshots === undefined)
    return {
      name,
      ok: false,
      detail: `there is no repository ${repository}`,
      remedy: 'run `logpatrol setup`',
    };
  const newest = snapshots.find(isComplete);
  const remedy =
    'run `logpatrol housekeeping run --step snapshot`, which says why, and see that the service housekeeping runs';
  if (newest === undefined) return { name, ok: false, detail: `no complete one in ${repository}`, remedy };
  const detail = `the newest in ${repository}, ${newest.name}, is ${ageOf(newest, now)} old`;
  return now - newest.at <= maxAgeHours * hour
    ? { name, ok: true, detail }
    : { name, ok: false, detail, remedy };
}

function isComplete({ state }: StoredSnapshot): boolean {
  return state === 'SUCCESS';
}

function ageOf({ at }: StoredSnapshot, now: number): string {
  return `${Math.max(0, (now - at) / hour).toFixed(1)} hours`;
}

/** Those that are older than so many days, apart from the newest complete ones. */
function outdated(snapshots: readonly StoredSnapshot[], keepDays: number, now: number): StoredSnapshot[] {
  const kept = new Set(snapshots.filter(isComplete).slice(0, alwaysKept));
  return snapshots.filter(
    (snapshot) =>
      !kept.has(snapshot) && snapshot.state !== 'IN_PROGRESS' && now - snapshot.at > keepDays * day,
  );
}
