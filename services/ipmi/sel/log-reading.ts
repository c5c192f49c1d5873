import { BmcTrouble, type SelInfo, type Session } from '../inspection.ts';
import { afterLast, firstRecord, type SelReader, selInfo } from './commands.ts';
import { KnownRecords, type RawRecord } from './known-records.ts';
import { type Walk, type WalkLimits, walk } from './walk.ts';

export interface LogReadingStart {
  readonly session: Session;
  readonly reader: SelReader;
  readonly limits: WalkLimits;
  readonly info: SelInfo;
  readonly known: KnownRecords;
  readonly unseen: KnownRecords;
  readonly last: RawRecord | undefined;
  readonly surplus: number;
}

/** One reading of a log under way: what has been read, and which of it is new. */
export class LogReading {
  known: KnownRecords;
  unseen: KnownRecords;
  /** Records that were not known, in the order of the log. */
  readonly fresh: RawRecord[] = [];
  /** The last record that was read. */
  last: RawRecord | undefined;
  end: Walk['end'] = 'cut';
  /** The log as it was asked last. */
  info: SelInfo;
  /** False where the log may have been erased while it was read. */
  isVerified = true;
  surplus: number;
  /** The log was read to its end, and is read once more. */
  isSecond = false;
  readonly notes: string[] = [];
  trouble: BmcTrouble | undefined;
  readonly #session: Session;
  readonly #reader: SelReader;
  readonly #limits: WalkLimits;
  #count = 0;

  constructor(start: LogReadingStart) {
    this.#session = start.session;
    this.#reader = start.reader;
    this.#limits = start.limits;
    this.info = start.info;
    this.known = start.known;
    this.unseen = start.unseen;
    this.last = start.last;
    this.surplus = start.surplus;
  }

  /** Reads on from a record, this one included; nothing is taken in yet. */
  async walk(from: number): Promise<readonly RawRecord[]> {
    const most = this.#limits.most - this.#count;
    const walked = await walk(this.#reader, from, { ...this.#limits, most });
    this.#count += walked.records.length;
    this.end = walked.end;
    this.trouble = walked.trouble;
    if (walked.why !== undefined) this.notes.push(walked.why);
    if (walked.trouble !== undefined && walked.records.length > 0) this.isVerified = false;
    return walked.records;
  }

  /** @param isAnother whether a record is new although one like it was known */
  take(records: readonly RawRecord[], isAnother: (record: RawRecord) => boolean): void {
    for (const record of records) {
      const isKnown = this.unseen.has(record) && !isAnother(record);
      if (!isKnown && !this.known.has(record)) this.fresh.push(record);
      this.known.add(record);
    }
    this.unseen = this.end === 'end' ? new KnownRecords() : this.unseen.without(this.known);
    this.last = records.at(-1) ?? this.last;
  }

  /** Asks how the log is now that records were read. @returns whether it was erased meanwhile */
  async wasErased(): Promise<boolean> {
    const before = this.info;
    const asked = await this.#orTrouble(() => selInfo(this.#session));
    if (asked?.kind !== 'info') {
      this.isVerified = false;
      return false;
    }
    this.info = asked.info;
    const wasErased = asked.info.lastErase !== before.lastErase;
    if (wasErased) this.isVerified = false;
    return wasErased;
  }

  /**
   * At the end of the log: whether the BMC counts more records than are known, or says that one was added which is not the last.
   * Then ids have come round or are not in order, and the log is read from its first record for those before the last one.
   */
  async lookBefore(wasAddedElsewhere: boolean): Promise<void> {
    const excess = this.info.entries - this.known.size;
    if (excess <= this.surplus && !wasAddedElsewhere) {
      this.surplus = excess;
      return;
    }
    const { last } = this;
    if (last !== undefined) {
      const entry = await this.#orTrouble(() => this.#reader.entry(last.id));
      const isAtEnd = entry?.kind === 'entry' && (entry.next === afterLast || entry.next === firstRecord);
      if (!isAtEnd) {
        // A record was added after the last one meanwhile: it is read next time.
        this.end = 'cut';
        return;
      }
    }
    const records = await this.walk(firstRecord);
    if (records.length === 0) return;
    const found = this.fresh.length;
    this.isSecond = true;
    this.unseen = this.known;
    this.known = new KnownRecords();
    this.take(records, () => false);
    // What is not found is counted so from now on, so that a BMC that miscounts is not read whole each time.
    this.surplus = Math.max(0, excess - (this.fresh.length - found));
  }

  async #orTrouble<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof BmcTrouble)) throw error;
      this.trouble = error;
      this.notes.push(error.message);
      return undefined;
    }
  }
}
