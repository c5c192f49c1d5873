import type { SelTimeSource } from '#shared/model/index.ts';
import { toleranceMs } from './clock.ts';
import type { StatedTime } from './record.ts';

/** When an event was, in milliseconds since the epoch by our clock, and where that is from. */
export interface EventTime {
  readonly at: number;
  readonly source: SelTimeSource;
  /** As the BMC stated it: milliseconds since the epoch by its clock. */
  readonly statedMs: number | undefined;
  /** What was taken off. */
  readonly offsetMs: number;
  readonly isPreinit: boolean;
}

export interface TimeContext {
  /** When they were read. */
  readonly now: number;
  /** When the log was last read to its end: the events were written later. Undefined where that was never, or long ago. */
  readonly since: number | undefined;
  /** The BMC's clock minus ours, now and at the last poll. */
  readonly offsetMs: number | undefined;
  readonly previousOffsetMs: number | undefined;
  /** Where the BMC's clock is not set: seconds since it started. */
  readonly uptimeSeconds: number | undefined;
  /** Time of the record before the first of these, by our clock, where it has one. */
  readonly before: number | undefined;
  /** Time of the last record of the log, by our clock, where the BMC states it and it is one of these. */
  readonly lastAdd: number | undefined;
}

/**
 * When events were, from what their records state: the stated time less the offset of the BMC's clock. Where the clock was set
 * since the last poll, the events before that have the offset that was measured then: those whose time would otherwise lie outside
 * of the time since the last poll, as long as none after the change came before them in the log.
 *
 * Events without a time (not stated, or counted from a start of the BMC that was not its last) are as late as the next one
 * that has one; after the last of those they are as late as the reading, or, in a log that is read for the first time, as the
 * last record that it dates: old ones must not look new.
 *
 * @param stated in the order of the log
 */
export function eventTimes(stated: readonly StatedTime[], context: TimeContext): EventTime[] {
  const { now } = context;
  const dated = datedTimes(stated, context);
  const times: EventTime[] = [];
  let next: number | undefined;
  let later: number | undefined = context.uptimeSeconds;
  for (let index = stated.length - 1; index >= 0; index -= 1) {
    const time = stated[index];
    let event = dated[index];
    const isPreinit = time?.kind === 'preinit';
    if (event !== undefined) later = undefined;
    else if (time?.kind === 'preinit' && later !== undefined && time.seconds <= later) {
      const at = now - ((context.uptimeSeconds ?? 0) - time.seconds) * 1000;
      event = { at, source: 'uptime', statedMs: undefined, offsetMs: 0, isPreinit };
      later = time.seconds;
    } else {
      // A BMC that counts from its start, and has counted further: it was started again since.
      if (isPreinit) later = undefined;
      const around = next ?? atTheEnd(dated.slice(0, index), context);
      const source = around === undefined ? 'read' : 'order';
      event = { at: around ?? now, source, statedMs: undefined, offsetMs: 0, isPreinit };
    }
    next = event.at;
    times.push(event);
  }
  return times.reverse();
}

/** For events without a time that no dated one follows; undefined: it is when they were read. */
function atTheEnd(
  earlier: readonly (EventTime | undefined)[],
  { since, lastAdd, before, now }: TimeContext,
): number | undefined {
  if (since !== undefined) return undefined;
  const last = lastAdd ?? earlier.findLast((time) => time !== undefined)?.at ?? before;
  return last === undefined ? undefined : Math.min(last, now);
}

function datedTimes(stated: readonly StatedTime[], context: TimeContext): (EventTime | undefined)[] {
  const { now, since, offsetMs, previousOffsetMs } = context;
  const current = offsetMs ?? previousOffsetMs ?? 0;
  const previous = previousOffsetMs ?? current;
  const wasSet = Math.abs(current - previous) >= toleranceMs;
  const isPossible = (at: number): boolean =>
    at <= now + toleranceMs && (since === undefined || at >= since - toleranceMs);
  let isAfterChange = false;
  let last = since ?? Number.NEGATIVE_INFINITY;
  return stated.map((time) => {
    if (time.kind !== 'set') return undefined;
    const statedMs = time.seconds * 1000;
    const common = { statedMs, isPreinit: false };
    const isNow = isPossible(statedMs - current);
    if (wasSet && !isAfterChange && isPossible(statedMs - previous) && !(isNow && since === undefined)) {
      last = Math.min(statedMs - previous, now);
      return { ...common, at: last, source: 'bmc', offsetMs: previous };
    }
    const at = statedMs - current;
    // A clock that was set and set back, or whose events were dated by somebody else.
    if (at > now + toleranceMs || (wasSet && !isNow)) {
      last = Math.min(Math.max(last, at, since ?? at), now);
      return { ...common, at: last, source: 'order', offsetMs: current };
    }
    if (wasSet && isNow) isAfterChange = true;
    last = Math.min(at, now);
    return { ...common, at: last, source: 'bmc', offsetMs: current };
  });
}
