import { createLocalClock, type LocalClock } from './local-clock.ts';
import { findTime } from './time-formats.ts';

/** The time inside a log line. */
export interface LineTime {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Where it stands in the line: `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** How it is written, where that is one of syslog's ways, so that a syslog header may follow. */
  readonly style: 'rfc3164' | 'rfc3339' | 'other';
}

/** How far a line's time is from when it was read: `late` or `future` where that is worth knowing. */
export type Punctuality = 'late' | 'timely' | 'future';

/** Earlier than any log worth reading: a zero value, or a clock that was never set. */
const earliest = Date.UTC(1990, 0, 1);
/** Shippers hold lines back for seconds; what is later waited somewhere. In milliseconds. */
const lateAfter = 10 * 60_000;
/** Clocks of hosts differ by less. In milliseconds. */
const futureAfter = 60_000;

const processClock = createLocalClock();

/**
 * The first time in the line, or `undefined` where it has none that makes sense.
 *
 * @param now milliseconds since the epoch; a time without a year gets the last year in which it is not in the future
 * @param clock reads times without a zone; absent: the clock of this process
 */
export function lineTime(line: string, now: number, clock: LocalClock = processClock): LineTime | undefined {
  return findTime(line, now, clock, earliest);
}

/**
 * When a line happened: the time in it, else the shipper's, else when it was read; never after it was read, for clocks err and
 * lines lie.
 *
 * @param shipped ISO 8601, as `@timestamp` has it
 * @param readAt milliseconds since the epoch
 */
export function eventTime(inLine: LineTime | undefined, shipped: string | undefined, readAt: number): number {
  return Math.min(statedTime(inLine, shipped) ?? readAt, readAt);
}

/** Whether a line came in time: `late` more than ten minutes after what it states, `future` a minute before it. */
export function punctuality(
  inLine: LineTime | undefined,
  shipped: string | undefined,
  readAt: number,
): Punctuality {
  const stated = statedTime(inLine, shipped) ?? readAt;
  if (stated < readAt - lateAfter) return 'late';
  return stated > readAt + futureAfter ? 'future' : 'timely';
}

function statedTime(inLine: LineTime | undefined, shipped: string | undefined): number | undefined {
  if (inLine !== undefined) return inLine.time;
  const parsed = shipped === undefined ? Number.NaN : Date.parse(shipped);
  return parsed >= earliest ? parsed : undefined;
}
