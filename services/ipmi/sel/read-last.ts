import type { Session } from '../inspection.ts';
import { readClock } from './clock.ts';
import { afterLast, SelReader, selInfo } from './commands.ts';
import { KnownRecords } from './known-records.ts';
import { LogReading } from './log-reading.ts';
import { outcomeOf } from './outcome.ts';
import type { SelRead, SelReadOptions } from './read.ts';

/**
 * Reads the last records of a BMC's system event log, for looking at it: a full log takes half a minute to be read whole. Ids mostly
 * follow one another, so the log is entered so many ids before its last; where some of those are free, fewer are read. It
 * leaves no position.
 *
 * @param options.most records; none are read below 1
 * @throws BmcTrouble where the BMC cannot be asked at all
 */
export async function readLastRecords(session: Session, options: SelReadOptions): Promise<SelRead> {
  const { server, clock, most, until = Number.POSITIVE_INFINITY } = options;
  const readAt = clock();
  const nothing = { server, readAt, events: [], position: undefined, isComplete: false, trouble: undefined };
  const asked = await selInfo(session);
  if (asked.kind === 'refused')
    return { ...nothing, info: undefined, clockOffsetMs: undefined, notes: [asked.why] };
  const { info } = asked;
  const bmcClock = await readClock(session, clock, undefined);
  const seen = { ...nothing, info, clockOffsetMs: bmcClock.offsetMs, notes: [] };
  if (info.entries === 0 || most < 1) return seen;
  const reader = new SelReader(session);
  const isOver = (): boolean => clock() >= until;
  const first = await entered(reader, most, isOver);
  if (first === undefined) return seen;
  const reading = new LogReading({
    session,
    reader,
    // What is added meanwhile is among the last, too.
    limits: { most: 2 * most, isOver },
    info,
    known: new KnownRecords(),
    unseen: new KnownRecords(),
    last: undefined,
    surplus: 0,
  });
  const records = await reading.walk(first);
  reading.take(records.slice(-most), () => false);
  const read = await outcomeOf(
    { kind: 'read', reading, wasCleared: false, walk: 'partial', wasErasedMeanwhile: false },
    { session, position: undefined, options, bmcClock, readAt },
  );
  return { ...read, position: undefined };
}

/** The id of a record from which to read on, so that about `most` are read. */
async function entered(reader: SelReader, most: number, isOver: () => boolean): Promise<number | undefined> {
  const last = await reader.entry(afterLast);
  if (last.kind !== 'entry' || last.bytes.length < 2) return undefined;
  const lastId = last.bytes.readUInt16LE(0);
  for (let id = Math.max(1, lastId - most + 1); id < lastId && !isOver(); id += 1)
    if ((await reader.entry(id)).kind === 'entry') return id;
  return lastId;
}
