import { BmcTrouble } from '../inspection.ts';
import { afterLast, firstRecord, type SelReader } from './commands.ts';
import type { RawRecord } from './known-records.ts';

/** Records that were read one after another, and why there are no more of them. */
export interface Walk {
  readonly records: readonly RawRecord[];
  /** `limit`: as many as were wanted; `cut`: the BMC gave no further one. */
  readonly end: 'end' | 'limit' | 'cut';
  readonly why?: string;
  /** What ended the session, where it has ended. */
  readonly trouble?: BmcTrouble;
}

export interface WalkLimits {
  readonly most: number;
  /** Whether there is no time for a further record. */
  readonly isOver: () => boolean;
}

/** Of records whose next id is 0, that many are asked again: some BMCs say so at random (as ipmitool's authors found). */
const zeroRetries = 1;

/** Reads on from a record, this one included, along the ids of the next ones. */
export async function walk(reader: SelReader, from: number, limits: WalkLimits): Promise<Walk> {
  const records: RawRecord[] = [];
  const seen = new Set<number>();
  let id = from;
  while (id !== afterLast) {
    if (seen.has(id)) return { records, end: 'end', why: `record ${id} comes after itself` };
    if (records.length >= limits.most || limits.isOver()) return { records, end: 'limit' };
    let entry: Awaited<ReturnType<SelReader['entry']>>;
    try {
      entry = await reader.entry(id);
      for (
        let retry = 0;
        retry < zeroRetries && entry.kind === 'entry' && entry.next === firstRecord;
        retry++
      )
        entry = await reader.entry(id);
    } catch (error) {
      if (!(error instanceof BmcTrouble)) throw error;
      return { records, end: 'cut', why: error.message, trouble: error };
    }
    if (entry.kind === 'absent')
      return id === firstRecord
        ? { records, end: 'end' }
        : { records, end: 'cut', why: `record ${id} went away` };
    if (entry.kind === 'refused') return { records, end: 'cut', why: entry.why };
    // A record is known by the id that it is asked by, which its bytes may not bear; only the first is asked by none.
    const own = id !== firstRecord ? id : entry.bytes.length < 2 ? undefined : entry.bytes.readUInt16LE(0);
    if (own === undefined) return { records, end: 'cut', why: 'the first record has no id' };
    records.push({ id: own, bytes: Buffer.from(entry.bytes) });
    seen.add(id).add(own);
    if (entry.next === firstRecord) return { records, end: 'end' };
    id = entry.next;
  }
  return { records, end: 'end' };
}
