import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import type { SelEvent, SelPosition } from '#shared/model/index.ts';
import { openSession } from './bmc/index.ts';
import { type Bmc, BmcTrouble, type ChassisState, type SensorReading, type Session } from './inspection.ts';
import { type LocalUse, localUse } from './local/index.ts';
import { readLastRecords, readNewRecords, type SelRead, toDocuments } from './sel/index.ts';
import type { PollResult } from './sensors/index.ts';

/** How one BMC is asked. */
export interface InspectRequest {
  readonly bmc: Bmc;
  /** Where its SEL has been read to; undefined at the first time. */
  readonly position: SelPosition | undefined;
  /** So many of the SEL's last records are read instead of what is new, and leave no position: for looking at a BMC that another process polls. */
  readonly lastRecords?: number;
  /** For all of it. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What a poll has found. */
export interface Inspection {
  readonly bmc: Bmc;
  /** When it began, in milliseconds since the epoch. */
  readonly at: number;
  readonly tookMs: number;
  /** `unable`: the BMC could not even be asked, for a reason that is ours, such as a missing program. */
  readonly result: PollResult | { readonly outcome: 'unable'; readonly reason: string };
  /** New in the SEL, in its order. */
  readonly events: readonly SelEvent[];
  /** Of the machine's own operating system, where it is the one that this process runs on. */
  readonly local?: LocalUse | undefined;
  /** Where the SEL has been read to with them; undefined where that is as it was, or the SEL could not be read. */
  readonly position: SelPosition | undefined;
  /** What was not as it should be with a BMC that did answer, one line each. */
  readonly notes: readonly string[];
}

/** Asks a BMC. Never rejects; whatever it has started has ended when it resolves, soon after the signal is aborted. */
export type Inspect = (request: InspectRequest) => Promise<Inspection>;

export interface InspectorOptions {
  readonly config: Pick<Config, 'dataDir' | 'ipmi'>;
  readonly logger: Logger;
  /** As the machine that this process runs on calls itself: it is asked directly as well. */
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Records of a SEL that are read in one poll at most; of more the next polls read on. */
const mostRecords = 500;

/** Of the time for a poll, the part after which no further record of a SEL is asked for. */
const partForRecords = 0.8;

/** Asks BMCs in one session each: power, sensors, then what is new in the SEL, which so is as new as can be when it is published. */
export function inspector(options: InspectorOptions): Inspect {
  const ask = asker(options);
  return async (request) => {
    const isOwn = request.bmc.hostName === options.host;
    const [inspection, local] = await Promise.all([ask(request), isOwn ? localUse() : undefined]);
    return local === undefined ? inspection : { ...inspection, local };
  };
}

function asker({ config, logger, clock }: InspectorOptions): Inspect {
  const { ipmitool, freeipmi } = config.ipmi;
  const cacheDir = join(config.dataDir, 'cache', 'ipmi');

  return async ({ bmc, position, lastRecords, timeoutMs, signal }) => {
    const at = clock();
    const began = performance.now();
    const nothing = { events: [], position: undefined, notes: [] };
    const ended = (found: Pick<Inspection, 'result' | 'events' | 'position' | 'notes'>): Inspection => ({
      bmc,
      at,
      tookMs: Math.round(performance.now() - began),
      ...found,
    });
    let session: Session | undefined;
    try {
      session = await openSession(bmc, { timeoutMs, signal, logger, ipmitool, freeipmi, cacheDir });
      const chassis = await chassisOf(session);
      const sensors = await session.sensors();
      const sel = await selOf(session, {
        bmc,
        position,
        lastRecords,
        sensors,
        until: at + partForRecords * timeoutMs,
        clock,
      });
      return ended(found({ bmc, position, chassis, sensors, sel }));
    } catch (error) {
      if (error instanceof BmcTrouble)
        return ended({ ...nothing, result: { outcome: error.outcome, reason: error.message } });
      if (error instanceof LogpatrolError)
        return ended({ ...nothing, result: { outcome: 'unable', reason: error.message } });
      if (signal.aborted)
        return ended({ ...nothing, result: { outcome: 'unable', reason: 'it was not waited for' } });
      // A defect of ours with the answers of this BMC must not end the polls of the others.
      logger.error({ err: error, server: bmc.name }, `${bmc.name}: its answers cannot be handled`);
      return ended({ ...nothing, result: { outcome: 'invalid', reason: messageOf(error) } });
    } finally {
      await session?.close();
    }
  };
}

/** Some BMCs do not know the command, and are as good as others. */
async function chassisOf(session: Session): Promise<ChassisState> {
  try {
    return await session.chassis();
  } catch (error) {
    if (error instanceof BmcTrouble && error.outcome === 'invalid')
      return { power: 'unknown', faults: undefined };
    throw error;
  }
}

interface SelRequest {
  readonly bmc: Bmc;
  readonly position: SelPosition | undefined;
  readonly lastRecords: number | undefined;
  readonly sensors: readonly SensorReading[];
  readonly until: number;
  readonly clock: () => number;
}

/** The readings count, whatever is wrong with the SEL. */
async function selOf(
  session: Session,
  { bmc, position, lastRecords, sensors, until, clock }: SelRequest,
): Promise<SelRead | BmcTrouble> {
  try {
    const options = { server: bmc.name, clock, most: lastRecords ?? mostRecords, until, sensors };
    return lastRecords === undefined
      ? await readNewRecords(session, position, options)
      : await readLastRecords(session, options);
  } catch (error) {
    if (error instanceof BmcTrouble) return error;
    throw error;
  }
}

function found(given: {
  bmc: Bmc;
  position: SelPosition | undefined;
  chassis: ChassisState;
  sensors: readonly SensorReading[];
  sel: SelRead | BmcTrouble;
}): Pick<Inspection, 'result' | 'events' | 'position' | 'notes'> {
  const { bmc, position, chassis, sensors, sel } = given;
  const result = { outcome: 'ok', chassis, sensors } as const;
  if (sel instanceof BmcTrouble)
    return { result, events: [], position: undefined, notes: [`its event log: ${sel.message}`] };
  const { info, clockOffsetMs, notes, trouble } = sel;
  return {
    result: { ...result, sel: info, clockOffsetMs },
    events: toDocuments(sel, bmc),
    position: sel.position === position ? undefined : sel.position,
    notes: [...notes, ...(trouble === undefined ? [] : [trouble.message])].map(
      (note) => `its event log: ${note}`,
    ),
  };
}
