import type { RawAnswer, SelInfo, Session } from '../inspection.ts';
import { statedTime } from './record.ts';

/** Storage network function and its commands: IPMI 2.0, sections 31.2 to 31.10. */
const storage = 0x0a;
const command = { info: 0x40, reserve: 0x42, entry: 0x43, time: 0x48 } as const;

/** Completion codes: IPMI 2.0, table 5-2, and of Get SEL Entry 0x81 (an erase is under way). */
const absentCodes: ReadonlySet<number> = new Set([0xc9, 0xcb, 0xcc, 0xcd]);
const reservationCancelled = 0xc5;
const codeNames = new Map([
  [0x81, 'the log is being erased'],
  [0xc0, 'the BMC is busy'],
  [0xc1, 'the BMC does not know the command'],
  [0xc3, 'the BMC gave up'],
  [0xd4, 'the user may not do that'],
]);

/** The log's first record, and what stands after the last: IPMI 2.0, section 31.5. */
export const firstRecord = 0x0000;
export const afterLast = 0xffff;

/** An answer that was not given, in one line. */
export interface Refusal {
  readonly kind: 'refused';
  readonly why: string;
}

export type Answer<T> = T | Refusal;

function refusal(what: string, { completion, data }: RawAnswer): Refusal {
  const code = `0x${completion.toString(16).padStart(2, '0')}`;
  const why = completion === 0 ? `${data.length} bytes` : (codeNames.get(completion) ?? `code ${code}`);
  return { kind: 'refused', why: `${what}: ${why}` };
}

/** How full the log is: Get SEL Info. */
export async function selInfo(session: Session): Promise<Answer<{ kind: 'info'; info: SelInfo }>> {
  const answer = await session.raw([storage, command.info]);
  if (answer.completion !== 0 || answer.data.length < 14) return refusal('Get SEL Info', answer);
  return { kind: 'info', info: parseSelInfo(answer.data) };
}

/** All that is free, as a number of bytes, says "or more". */
const freeOrMore = 0xffff;
/** A record, as the log counts its room. */
const recordBytes = 16;

/** @param data of the answer to Get SEL Info: 14 bytes (IPMI 2.0, table 31-2) */
function parseSelInfo(data: Buffer): SelInfo {
  const entries = data.readUInt16LE(1);
  const freeBytes = data.readUInt16LE(3);
  const whole = entries * recordBytes + freeBytes;
  return {
    entries,
    freeBytes,
    percentUsed:
      freeBytes === freeOrMore || whole === 0
        ? undefined
        : Math.round((1000 * entries * recordBytes) / whole) / 10,
    overflow: (data.readUInt8(13) & 0x80) !== 0,
    lastAdd: stampOf(data.readUInt32LE(5)),
    lastErase: stampOf(data.readUInt32LE(9)),
  };
}

/** No time, or 0, which BMCs say where nothing has been added or erased. */
function stampOf(seconds: number): number | undefined {
  return seconds === 0 || statedTime(seconds).kind === 'none' ? undefined : seconds;
}

/** The clock of the BMC that stamps records, in seconds; undefined where it states none: Get SEL Time. */
export async function selTime(
  session: Session,
): Promise<Answer<{ kind: 'time'; seconds: number | undefined }>> {
  const answer = await session.raw([storage, command.time]);
  if (answer.completion !== 0 || answer.data.length < 4) return refusal('Get SEL Time', answer);
  const seconds = answer.data.readUInt32LE(0);
  return { kind: 'time', seconds: statedTime(seconds).kind === 'none' ? undefined : seconds };
}

/** A record, and the id of the next one. */
export interface Entry {
  readonly kind: 'entry';
  readonly bytes: Buffer;
  readonly next: number;
}

/** Reads records; where the BMC wants a reservation for it, gets one. */
export class SelReader {
  readonly #session: Session;
  #reservation = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Get SEL Entry. `absent`: there is none of this id. */
  async entry(id: number): Promise<Answer<Entry | { kind: 'absent' }>> {
    let answer = await this.#ask(id);
    if (answer.completion === reservationCancelled && (await this.#reserve())) answer = await this.#ask(id);
    if (absentCodes.has(answer.completion)) return { kind: 'absent' };
    if (answer.completion !== 0 || answer.data.length < 2) return refusal('Get SEL Entry', answer);
    return { kind: 'entry', next: answer.data.readUInt16LE(0), bytes: answer.data.subarray(2) };
  }

  #ask(id: number): Promise<RawAnswer> {
    const [low, high] = [id & 0xff, id >> 8];
    const reservation = [this.#reservation & 0xff, this.#reservation >> 8];
    return this.#session.raw([storage, command.entry, ...reservation, low, high, 0, 0xff]);
  }

  async #reserve(): Promise<boolean> {
    const answer = await this.#session.raw([storage, command.reserve]);
    if (answer.completion !== 0 || answer.data.length < 2) return false;
    this.#reservation = answer.data.readUInt16LE(0);
    return true;
  }
}
