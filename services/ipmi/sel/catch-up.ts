import type { SelPosition } from '#shared/model/index.ts';
import type { Session } from '../inspection.ts';
import { firstRecord, type SelReader } from './commands.ts';
import { KnownRecords } from './known-records.ts';
import { LogReading } from './log-reading.ts';
import { isCertainly, type LogView, lastRecord, type Standing, standingOf, wasCleared } from './standing.ts';
import type { WalkLimits } from './walk.ts';

/** What a reading of the log came to. */
export interface CaughtUp {
  readonly kind: 'read';
  readonly reading: LogReading;
  readonly wasCleared: boolean;
  readonly walk: SelPosition['walk'];
  /** The log was erased while it was read, so that it is not clear what belongs together. */
  readonly wasErasedMeanwhile: boolean;
}

/** `stopped`: nothing could be read. */
export type CatchUp = CaughtUp | { readonly kind: 'stopped'; readonly why: string };

export interface LogAccess {
  readonly session: Session;
  readonly reader: SelReader;
  readonly limits: WalkLimits;
}

/** Reads what is new in the log, once. @throws BmcTrouble where the session ends before anything was read */
export async function catchUp(
  access: LogAccess,
  position: SelPosition | undefined,
  view: LogView,
): Promise<CatchUp> {
  const standing = await standingOf(access.reader, position, view);
  if (standing.kind === 'stop') return { kind: 'stopped', why: standing.why };
  const reading = readingFrom(standing, { access, position, view });
  const records = await reading.walk(standing.kind === 'anew' ? firstRecord : standing.from);
  if (records.length === 0 && reading.trouble !== undefined) throw reading.trouble;
  if (standing.kind === 'anew' && records.length === 0 && reading.end !== 'end')
    return { kind: 'stopped', why: reading.notes[0] ?? 'no time was left' };
  const isCleared =
    standing.kind === 'anew' && position !== undefined && wasCleared(records, standing, position, view);
  const isAfterClear = isCleared || (standing.kind === 'on' && position?.walk === 'after-clear');
  const isSecond = standing.kind === 'on' && standing.unseen.size > 0;
  reading.take(records, (record) => isAfterClear && !isCertainly(record, view));
  // Of those that the BMC counted too many, these have been found.
  if (isSecond) reading.surplus = Math.max(0, reading.surplus - reading.fresh.length);

  let wasErasedMeanwhile = records.length > 0 && (await wasErased(reading));
  if (reading.end === 'end' && reading.trouble === undefined && !wasErasedMeanwhile) {
    await reading.lookBefore(
      standing.kind === 'on' && records.length === 0 && view.info.lastAdd !== position?.lastAdd,
    );
    wasErasedMeanwhile = reading.isSecond && (await wasErased(reading));
  }
  const isInDoubt = isAfterClear && !reading.isSecond;
  const walk = reading.end === 'end' ? 'complete' : isInDoubt ? 'after-clear' : 'partial';
  return { kind: 'read', reading, wasCleared: isCleared, walk, wasErasedMeanwhile };
}

async function wasErased(reading: LogReading): Promise<boolean> {
  return reading.trouble === undefined && (await reading.wasErased());
}

function readingFrom(
  standing: Exclude<Standing, { kind: 'stop' }>,
  given: { access: LogAccess; position: SelPosition | undefined; view: LogView },
): LogReading {
  const { access, position, view } = given;
  const isOn = standing.kind === 'on';
  return new LogReading({
    ...access,
    info: view.info,
    known: isOn ? standing.known : new KnownRecords(),
    unseen: standing.unseen,
    last: isOn && position !== undefined ? lastRecord(position) : undefined,
    surplus: isOn ? (position?.surplus ?? 0) : 0,
  });
}
