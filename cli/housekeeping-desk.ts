import { plainly } from '#shared/audit/index.ts';
import type { Bus, DependencyHealth } from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { JobState, runSteps, type UpkeepRun } from '#shared/housekeeping/index.ts';
import { openUpkeep } from '#shared/lifecycle/index.ts';
import type { StepReport } from '#shared/store/upkeep.ts';
import { auditOf } from './incident-desk.ts';
import { withBus } from './with-bus.ts';

const job = 'nightly';

/** Of a job of the service: when it ran last, and what came of it. */
export interface JobStatus {
  readonly job: string;
  /** ISO 8601; absent where it has never come to an end. */
  readonly endedAt?: string;
  readonly ok?: boolean;
  readonly lines: readonly string[];
}

/**
 * Does the nightly work here. One that was done whole counts as the night's, so that the service and `doctor` know of it; where another
 * process has the embedded bus, that cannot be kept, and the work is done all the same.
 *
 * @throws LogpatrolError `usage` where the store has none of the steps that are asked for
 */
export async function runByHand(config: Config, options: Omit<UpkeepRun, 'clock'>): Promise<StepReport[]> {
  const startedAt = Date.now();
  const upkeep = await openUpkeep(config);
  try {
    const { steps } = options;
    if (steps !== undefined && !steps.some((step) => upkeep.steps.includes(step)))
      throw new LogpatrolError(
        'usage',
        `this store has no step ${steps.join(', ')} as it is configured; it has ${upkeep.steps.join(', ')}, and those of snapshots where \`snapshots\` names a place`,
      );
    const reports = await runSteps(upkeep, { ...options, clock: Date.now });
    if (!options.dryRun && options.steps === undefined)
      await withBus(config, [topic.housekeeping, topic.audit], {
        here: (bus) => keep(bus, reports, startedAt),
        there: async () => undefined,
      });
    return reports;
  } finally {
    await upkeep.close();
  }
}

async function keep(bus: Bus, reports: readonly StepReport[], startedAt: number): Promise<void> {
  const now = Date.now();
  const before = (await statesIn(bus)).find((state) => state.job === job);
  const ok = reports.every(({ outcome }) => outcome !== 'trouble');
  const lines = reports.flatMap(({ step, lines: own }) => own.map((line) => `${step}: ${line}`));
  const state: JobState = {
    ...(before ?? { job, since: startedAt }),
    startedAt,
    endedAt: now,
    attempts: 1,
    ok,
    lines,
    ...(ok && { lastOkAt: now }),
  };
  const writer = await bus.writer('cli-housekeeping');
  try {
    const done = { action: `housekeeping.${job}`, by: 'cli', note: lines.join('; ').slice(0, 1000) };
    await writer.write([
      { topic: topic.housekeeping, partition: 0, key: job, value: JSON.stringify(state) },
      plainly({ via: 'cli' }, now, done),
    ]);
  } finally {
    await writer.close();
  }
}

/** What is known of the jobs, and how snapshots and disks are. */
export async function statusOf(config: Config): Promise<{ jobs: JobStatus[]; health: DependencyHealth[] }> {
  const jobs = await withBus(config, [topic.housekeeping], {
    here: async (bus) => (await statesIn(bus)).map(statusOfState),
    there: () => audited(config),
  });
  const upkeep = await openUpkeep(config);
  try {
    return { jobs, health: await upkeep.examine(Date.now()) };
  } finally {
    await upkeep.close();
  }
}

async function statesIn(bus: Bus): Promise<JobState[]> {
  const states = new Map<string, JobState>();
  for await (const { key, value } of bus.read(topic.housekeeping)) {
    const read = readValue(JobState, value);
    if (read.ok) states.set(read.value.job, read.value);
    else if (key !== null) states.delete(key.toString('utf8'));
  }
  return [...states.values()];
}

function statusOfState({ job: name, endedAt, ok, lines }: JobState): JobStatus {
  return {
    job: name,
    ...(endedAt !== undefined && { endedAt: new Date(endedAt).toISOString() }),
    ...(ok !== undefined && { ok }),
    lines,
  };
}

/** The same from the audit log, where the process that has the bus is asked: its last entry of each job that is entered there. */
async function audited(config: Config): Promise<JobStatus[]> {
  const entries = await auditOf(config, { by: 'housekeeping', limit: 100 });
  const newest = Map.groupBy(entries, ({ action }) => action.slice('housekeeping.'.length));
  if (!newest.has(job)) newest.set(job, []);
  return [...newest].flatMap(([name, [entry]]) =>
    entry === undefined
      ? { job: name, lines: [] }
      : {
          job: name,
          endedAt: entry.at,
          ok: entry.outcome === 'done',
          lines: [entry.why ?? entry.note ?? ''],
        },
  );
}
