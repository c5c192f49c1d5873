import type { SelPosition } from '#shared/model/index.ts';
import type { SelInfo } from '../inspection.ts';
import { firstRecord, type SelReader } from './commands.ts';
import { KnownRecords, type RawRecord } from './known-records.ts';
import { parseRecord, statedTime } from './record.ts';

/** Where reading goes on. */
export type Standing =
  | {
      readonly kind: 'on';
      readonly from: number;
      /** Records of the log that were read, and those of an earlier reading that may still stand further on. */
      readonly known: KnownRecords;
      readonly unseen: KnownRecords;
    }
  /** From the first record: at the beginning, or since records were erased. */
  | { readonly kind: 'anew'; readonly unseen: KnownRecords; readonly isLastThere: boolean }
  | { readonly kind: 'stop'; readonly why: string };

/** What is known of the log when it is read. */
export interface LogView {
  readonly info: SelInfo;
  /** Whether times of day in it are each a different moment. */
  readonly isClockTrusted: boolean;
}

/** The last record that was read, where there is one. */
export function lastRecord(position: SelPosition): RawRecord | undefined {
  if (position.record === undefined) return undefined;
  return { id: position.recordId, bytes: Buffer.from(position.record, 'base64') };
}

/**
 * Whether a record with the id and the bytes of a known one is that one, and none that was written after a clear: its time of day
 * cannot come again. It can be another one only where it states no time, the clock was never set, or all of it, the clear too, was in
 * one second.
 */
export function isCertainly({ bytes }: RawRecord, { info, isClockTrusted }: LogView): boolean {
  const { time } = parseRecord(bytes);
  return isClockTrusted && time.kind === 'set' && time.seconds !== info.lastErase;
}

/**
 * Finds out where to go on: after the last record that was read, where it still stands there as it was and nothing says that the log
 * was erased in between; else from the first record, with all that is known to tell what is new.
 */
export async function standingOf(
  reader: SelReader,
  position: SelPosition | undefined,
  view: LogView,
): Promise<Standing> {
  if (position === undefined) return { kind: 'anew', unseen: new KnownRecords(), isLastThere: false };
  const known = KnownRecords.parse(position.known);
  const unseen = KnownRecords.parse(position.unseen);
  const last = lastRecord(position);
  if (last === undefined || last.id === firstRecord)
    return { kind: 'anew', unseen: known.with(unseen), isLastThere: false };
  const entry = await reader.entry(last.id);
  if (entry.kind === 'refused') return { kind: 'stop', why: entry.why };
  const isLastThere = entry.kind === 'entry' && entry.bytes.equals(last.bytes);
  if (entry.kind === 'entry' && isLastThere && !mayBeAnother(last, position, view)) {
    const first = hasProof(last, view) ? undefined : await reader.entry(firstRecord);
    if (first?.kind === 'refused') return { kind: 'stop', why: first.why };
    // A log that was cleared begins with another record, too.
    if (first === undefined || (first.kind === 'entry' && known.has(recordOf(first.bytes))))
      return { kind: 'on', from: entry.next, known, unseen };
  }
  return { kind: 'anew', unseen: known.with(unseen), isLastThere };
}

/** Whether a clear would show: in the BMC's stamp of it, or in the last record. */
function hasProof(last: RawRecord, view: LogView): boolean {
  return view.info.lastErase !== undefined || isCertainly(last, view);
}

function recordOf(bytes: Buffer): RawRecord {
  return { id: bytes.length < 2 ? firstRecord : bytes.readUInt16LE(0), bytes };
}

/** Whether the record at the place of the last one, though alike, may have been written after a clear. */
function mayBeAnother(last: RawRecord, position: SelPosition, view: LogView): boolean {
  const { info } = view;
  const isCertain = isCertainly(last, view);
  if (info.lastErase === position.lastErase) return !isCertain && info.entries < position.entries;
  if (position.isVerified) return !isCertain;
  // It may have been read after a clear that came while the reading was under way.
  const { time } = parseRecord(last.bytes);
  return !(isCertain && time.kind === 'set' && time.seconds < (info.lastErase ?? 0));
}

/**
 * Whether a log that is read anew was cleared, which makes records that are not certainly the known ones new.
 *
 * @param records from the first on, some at least where the log is not empty
 */
export function wasCleared(
  records: readonly RawRecord[],
  { unseen, isLastThere }: Extract<Standing, { kind: 'anew' }>,
  position: SelPosition,
  view: LogView,
): boolean {
  if (unseen.size === 0) return false;
  const alike = records.filter((record) => unseen.has(record));
  if (alike.some((record) => isCertainly(record, view))) return false;
  const { lastErase } = view.info;
  const isStamped = lastErase !== undefined && statedTime(lastErase).kind === 'set';
  // Then the records that are gone were dropped for newer ones, as many.
  if (isStamped && lastErase === position.lastErase && view.info.entries >= position.entries) return false;
  if (alike.length === 0) return true;
  // A clear takes the last one away; deleting single records mostly does not. In the middle of a log it is one of many.
  if (!isLastThere) return position.walk === 'complete';
  if (!position.isVerified) return false;
  // Where all are there, either nothing was erased or all of it was in one second.
  if (alike.length === unseen.size)
    return (
      lastErase !== position.lastErase &&
      alike.every(({ bytes }) => {
        const { time } = parseRecord(bytes);
        return time.kind === 'set' && time.seconds === lastErase;
      })
    );
  const last = records.findIndex((record) => record.id === position.recordId);
  return records.slice(0, Math.max(last, 0)).some((record) => !unseen.has(record));
}
