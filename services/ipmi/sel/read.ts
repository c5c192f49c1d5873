import type { SelLogState, SelPosition } from '#shared/model/index.ts';
import type { BmcTrouble, SelInfo, SensorReading, Session } from '../inspection.ts';
import { catchUp } from './catch-up.ts';
import { readClock } from './clock.ts';
import { SelReader, selInfo } from './commands.ts';
import type { DecodedEvent } from './decode.ts';
import { outcomeOf } from './outcome.ts';
import type { EventTime } from './times.ts';
import type { Trigger } from './triggers.ts';

/** A record of the log that was not known. */
export interface NewRecord {
  readonly kind: 'record';
  readonly id: number;
  readonly decoded: DecodedEvent;
  readonly time: EventTime;
  readonly generation: number;
  readonly trigger: Trigger | undefined;
}

/** What is told of the log itself. */
export interface LogChange {
  readonly kind: 'log';
  readonly state: SelLogState;
  readonly time: EventTime;
  readonly generation: number;
  readonly info: SelInfo;
}

export interface SelRead {
  readonly server: string;
  readonly readAt: number;
  /** In the order of the log. */
  readonly events: readonly (NewRecord | LogChange)[];
  /** Where it has been read to: the one that was given, the same object, where there is nothing new to keep. */
  readonly position: SelPosition | undefined;
  /** Undefined where the BMC does not say. */
  readonly info: SelInfo | undefined;
  /** The BMC's clock minus ours. */
  readonly clockOffsetMs: number | undefined;
  /** False where there is more to read: at once, or at the next poll. */
  readonly isComplete: boolean;
  /** What was not as it should be, one line each. */
  readonly notes: readonly string[];
  /** What ended the session in the middle; what was read until then counts. */
  readonly trouble: BmcTrouble | undefined;
}

export interface SelReadOptions {
  /** Name of the server in the list. */
  readonly server: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Records that are read at once at most; what is beyond is read at the next poll. */
  readonly most: number;
  /** No further record is asked for from then on, by `clock`. */
  readonly until?: number;
  readonly sensors: readonly SensorReading[];
}

/** A log that is erased again and again while it is read is read as it is after so many times. */
const attempts = 3;

/**
 * Reads what is new in a BMC's system event log since `position`, and where that leaves it. Three commands where nothing is.
 *
 * Keep `position` together with the events, or neither. Nothing is lost and nothing doubled over clears, ids that are used again or
 * come round, deleted records, and readings that were cut (docs/sel.md).
 *
 * @param position as an earlier reading gave it; undefined at the first, which reads all there is
 * @throws BmcTrouble where the BMC cannot be asked at all
 */
export async function readNewRecords(
  session: Session,
  position: SelPosition | undefined,
  options: SelReadOptions,
): Promise<SelRead> {
  const { server, clock } = options;
  for (let attempt = 1; ; attempt += 1) {
    const readAt = clock();
    const nothing = { server, readAt, events: [], position, isComplete: false, trouble: undefined };
    const asked = await selInfo(session);
    if (asked.kind === 'refused')
      return { ...nothing, info: undefined, clockOffsetMs: undefined, notes: [asked.why] };
    const { info } = asked;
    const bmcClock = await readClock(session, clock, position?.clockOffsetMs);
    const clockOffsetMs = bmcClock.offsetMs;
    const { most, until = Number.POSITIVE_INFINITY } = options;
    const access = {
      session,
      reader: new SelReader(session),
      limits: { most, isOver: () => clock() >= until },
    };
    const view = { info, isClockTrusted: bmcClock.isTrusted };
    const caughtUp = await catchUp(access, position, view);
    if (caughtUp.kind === 'stopped') return { ...nothing, info, clockOffsetMs, notes: [caughtUp.why] };
    if (caughtUp.wasErasedMeanwhile && attempt < attempts) continue;
    return outcomeOf(caughtUp, { session, position, options, bmcClock, readAt });
  }
}
