import type { Logger } from 'pino';
import type { Bus, Writer } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import type { StoreReader } from '#shared/store/port.ts';
import { followBus, followStore, type Seen, type Unseen, watchPath } from './follow.ts';
import { type DrillPlan, drillRecord } from './plan.ts';
import { failureOf } from './remedies.ts';
import { type DrillHop, DrillHopName, type DrillReport, hopBefore } from './report.ts';

/** What a drill works with. */
export interface DrillParts {
  readonly bus: Bus;
  readonly store: Pick<StoreReader, 'searchLogs'>;
  readonly config: Config;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Ends it early: it has failed then. */
  readonly signal?: AbortSignal | undefined;
}

/** The report of a drill that begins now. */
export function begunDrill({ id, type, severity, channel, timeoutMs }: DrillPlan, now: number): DrillReport {
  return {
    ...{ id, type, severity, channel },
    outcome: 'running',
    startedAt: new Date(now).toISOString(),
    timeoutSeconds: timeoutMs / 1000,
    hops: [],
  };
}

/**
 * Writes a marked line and follows it to its card. The incident resolves by a second line, however the drill ends.
 *
 * @param told is given the report anew with each hop
 * @throws LogpatrolError `unreachable` where the bus does not answer at the beginning, `unusable-environment` where topics are missing
 */
export async function runDrill(
  parts: DrillParts,
  plan: DrillPlan,
  told: (report: DrillReport) => void = () => undefined,
): Promise<DrillReport> {
  const { bus, store, config, clock } = parts;
  const trails = await watchPath(bus, plan);
  await using stack = new AsyncDisposableStack();
  const writer = stack.adopt(await bus.writer(`drill-${plan.id}`), (each) => each.close());
  const startedAt = clock();
  let report = begunDrill(plan, startedAt);
  const timer = AbortSignal.timeout(plan.timeoutMs);
  const signal = parts.signal === undefined ? timer : AbortSignal.any([parts.signal, timer]);
  const seen = (hop: Seen): void => {
    report = { ...report, hops: withHop(report.hops, hop, startedAt) };
    told(report);
  };
  told(report);
  await writer.write([drillRecord(plan, 'begin', startedAt)]);
  const [onBus, inStore] = await Promise.all([
    followBus(trails, plan, signal, seen),
    followStore(store, plan, startedAt, clock, signal, seen),
  ]);
  await writeEnd(writer, plan, parts);
  const unseen = onBus ?? inStore;
  report = await ended(report, unseen, plan, config, bus);
  told(report);
  return report;
}

/** The incident resolves by quiet where this fails, so it is only told. */
async function writeEnd(writer: Writer, plan: DrillPlan, { clock, logger }: DrillParts): Promise<void> {
  try {
    await writer.write([drillRecord(plan, 'end', clock())]);
  } catch (error) {
    if (!(error instanceof LogpatrolError)) throw error;
    logger.warn(`drill ${plan.id}: the line that ends it could not be written: ${messageOf(error)}`);
  }
}

async function ended(
  report: DrillReport,
  unseen: Unseen | undefined,
  plan: DrillPlan,
  config: Config,
  bus: Bus,
): Promise<DrillReport> {
  if (unseen === undefined) return { ...report, outcome: 'accepted' };
  return { ...report, outcome: 'failed', failure: await failureOf(unseen, plan, config, bus) };
}

const order: readonly DrillHopName[] = DrillHopName.options;

/** In the order of the path; times are measured from the moment in which the line was given to the bus. */
function withHop(hops: readonly DrillHop[], { name, at, detail }: Seen, startedAt: number): DrillHop[] {
  const sinceLineMs = at - startedAt;
  const before = hops.find((hop) => hop.name === hopBefore[name]);
  const hop: DrillHop = {
    name,
    at: new Date(at).toISOString(),
    sinceLineMs,
    sinceBeforeMs: sinceLineMs - (before?.sinceLineMs ?? 0),
    detail,
  };
  return [...hops, hop].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}
