import { isDeepStrictEqual } from 'node:util';
import type { SelFill, SelPosition } from '#shared/model/index.ts';
import type { SelInfo, Session } from '../inspection.ts';
import type { CaughtUp } from './catch-up.ts';
import type { BmcClock } from './clock.ts';
import { type DecodedEvent, decode } from './decode.ts';
import { fillOf, isFillTold } from './fill.ts';
import type { LogChange, NewRecord, SelRead, SelReadOptions } from './read.ts';
import { parseRecord, statedTime } from './record.ts';
import { lastRecord } from './standing.ts';
import { type EventTime, eventTimes } from './times.ts';
import { type Trigger, triggersOf } from './triggers.ts';

export interface Surroundings {
  readonly session: Session;
  readonly position: SelPosition | undefined;
  readonly options: SelReadOptions;
  readonly bmcClock: BmcClock & { readonly why?: string };
  readonly readAt: number;
}

/** Makes events of the records that are new, and the position that they leave. */
export async function outcomeOf(caughtUp: CaughtUp, surroundings: Surroundings): Promise<SelRead> {
  const { session, position, options, bmcClock, readAt } = surroundings;
  const { reading } = caughtUp;
  const { info } = reading;
  const generation = (position?.generation ?? 0) + (caughtUp.wasCleared ? 1 : 0);
  const decoded = reading.fresh.map(({ bytes }) => decode(bytes, options.sensors));
  const times = timesOf(decoded, caughtUp, surroundings);
  const dated = decoded.flatMap((event, index) => {
    const [time, record] = [times[index], reading.fresh[index]];
    return time === undefined || record === undefined ? [] : [{ id: record.id, decoded: event, time }];
  });
  const { triggers, trouble } =
    reading.trouble === undefined
      ? await triggersOf(session, dated, readAt)
      : { triggers: new Map<number, Trigger>(), trouble: reading.trouble };
  const fill = fillOf(info, position?.fill ?? 'room');
  const changes = logChanges(caughtUp, { ...surroundings, fill, generation });
  const next: SelPosition = {
    ...(position?.clockOffsetMs !== undefined && { clockOffsetMs: position.clockOffsetMs }),
    ...(bmcClock.offsetMs !== undefined && { clockOffsetMs: bmcClock.offsetMs }),
    source: `ipmi:${options.server}`,
    recordId: reading.last?.id ?? 0,
    ...(reading.last !== undefined && { record: reading.last.bytes.toString('base64') }),
    ...(info.lastAdd !== undefined && { lastAdd: info.lastAdd }),
    ...(info.lastErase !== undefined && { lastErase: info.lastErase }),
    entries: info.entries,
    generation,
    overflow: info.overflow,
    fill,
    known: reading.known.toString(),
    unseen: reading.unseen.toString(),
    walk: caughtUp.walk,
    isVerified: reading.isVerified,
    surplus: reading.surplus,
    updatedAt: new Date(readAt).toISOString(),
  };
  return {
    server: options.server,
    readAt,
    events: [
      ...changes.filter(({ state }) => state === 'cleared'),
      ...dated.map(
        (event): NewRecord => ({ kind: 'record', ...event, generation, trigger: triggers.get(event.id) }),
      ),
      ...changes.filter(({ state }) => state !== 'cleared'),
    ],
    position: position !== undefined && isSameBut(position, next, readAt) ? position : next,
    info,
    clockOffsetMs: bmcClock.offsetMs,
    isComplete: caughtUp.walk === 'complete',
    notes: [...(bmcClock.why === undefined ? [] : [bmcClock.why]), ...reading.notes],
    trouble,
  };
}

/** When the events were: those that a complete reading did not find were written after it. */
function timesOf(
  decoded: readonly DecodedEvent[],
  { reading, walk }: CaughtUp,
  { position, bmcClock, readAt }: Surroundings,
): EventTime[] {
  const previousOffsetMs = position?.clockOffsetMs;
  const offsetMs = bmcClock.offsetMs ?? previousOffsetMs ?? 0;
  const ours = (seconds: number | undefined): number | undefined =>
    seconds === undefined ? undefined : seconds * 1000 - offsetMs;
  const earlier = position === undefined ? undefined : lastRecord(position);
  const before = earlier === undefined ? undefined : parseRecord(earlier.bytes).time;
  return eventTimes(
    decoded.map(({ record }) => record.time),
    {
      now: readAt,
      since: position?.walk === 'complete' ? Date.parse(position.updatedAt) : undefined,
      offsetMs: bmcClock.offsetMs,
      previousOffsetMs,
      uptimeSeconds: bmcClock.uptimeSeconds,
      before: before?.kind === 'set' ? ours(before.seconds) : undefined,
      lastAdd: walk === 'complete' ? ours(dayTime(reading.info.lastAdd)) : undefined,
    },
  );
}

/** A stamp of the log where it is a time of day. */
function dayTime(stamp: number | undefined): number | undefined {
  return stamp !== undefined && statedTime(stamp).kind === 'set' ? stamp : undefined;
}

function logChanges(
  { wasCleared, reading }: CaughtUp,
  given: Surroundings & { readonly fill: SelFill; readonly generation: number },
): LogChange[] {
  const { position, bmcClock, readAt, fill, generation } = given;
  const { info } = reading;
  const change = (state: LogChange['state'], at: number, source: EventTime['source']): LogChange => ({
    kind: 'log',
    state,
    time: { at, source, statedMs: undefined, offsetMs: 0, isPreinit: false },
    generation,
    info,
  });
  return [
    ...(wasCleared ? [change('cleared', ...clearedAt(info, { position, bmcClock, readAt }))] : []),
    ...(isFillTold(fill, position?.fill ?? 'room') ? [change(fill, readAt, 'read')] : []),
  ];
}

/** The time of the clear, where the BMC states it and it can be so. */
function clearedAt(
  { lastErase }: SelInfo,
  { position, bmcClock, readAt }: Pick<Surroundings, 'position' | 'bmcClock' | 'readAt'>,
): [number, EventTime['source']] {
  const stamp = dayTime(lastErase);
  if (stamp === undefined) return [readAt, 'read'];
  const at = stamp * 1000 - (bmcClock.offsetMs ?? position?.clockOffsetMs ?? 0);
  const since = position === undefined ? Number.NEGATIVE_INFINITY : Date.parse(position.updatedAt);
  return at >= since && at <= readAt ? [at, 'bmc'] : [readAt, 'read'];
}

/** A position is kept anew after so long even where nothing has changed: that nothing was written until then places events in time. */
const keptMs = 10 * 60 * 1000;

function isSameBut(position: SelPosition, next: SelPosition, now: number): boolean {
  if (now - Date.parse(position.updatedAt) >= keptMs) return false;
  return isDeepStrictEqual({ ...next, updatedAt: position.updatedAt }, position);
}
