import type { BusRecord } from './port.ts';

/** A record that a stage cannot handle, and whose dead letter waits to be committed. */
export interface Condemned {
  readonly record: BusRecord;
  readonly reason: string;
  /** The offset of the record that was given before it, -1 where there was none. */
  readonly after: number;
}

/**
 * What is known of poison on one partition, for as long as it is owned: the range in which a batch failed, whose records
 * are given one by one, and the records condemned there, which are given no more.
 */
export class Quarantine {
  #suspect: { first: number; last: number } | undefined;
  readonly #skipped = new Set<number>();
  #held: Condemned[] = [];

  /** A batch with these offsets has failed: its records are to be given one by one. */
  suspect(first: number, last: number): void {
    const known = this.#suspect;
    this.#suspect = known
      ? { first: Math.min(known.first, first), last: Math.max(known.last, last) }
      : { first, last };
  }

  isSuspect(offset: number): boolean {
    return this.#suspect !== undefined && offset >= this.#suspect.first && offset <= this.#suspect.last;
  }

  /** The records in the portions in which they may be given, without those that are to be skipped. */
  portions(records: readonly BusRecord[]): (readonly BusRecord[])[] {
    if (records.length === 0) return [];
    if (this.#suspect === undefined && this.#skipped.size === 0) return [records];
    const portions: BusRecord[][] = [];
    let open: BusRecord[] | undefined;
    for (const record of records) {
      if (this.#skipped.has(record.offset)) continue;
      if (this.isSuspect(record.offset)) {
        portions.push([record]);
        open = undefined;
      } else if (open) {
        open.push(record);
      } else {
        open = [record];
        portions.push(open);
      }
    }
    return portions;
  }

  /** The records up to this offset have been handled, so the range in which a batch failed may lie behind. */
  passed(offset: number): void {
    if (this.#suspect !== undefined && offset >= this.#suspect.last) this.#suspect = undefined;
  }

  skip(offset: number): void {
    this.#skipped.add(offset);
  }

  /** Skips the record, and keeps its dead letter until it is due. */
  hold(condemned: Condemned): void {
    this.skip(condemned.record.offset);
    this.#held = [...this.#held.filter((held) => held.record.offset !== condemned.record.offset), condemned];
    this.#held.sort((a, b) => a.record.offset - b.record.offset);
  }

  /**
   * The condemned records whose dead letters belong in a transaction that covers everything below `covers`, and what it
   * covers with them. A record is due when all that was given before it is covered: published earlier, its offset could
   * not be committed with it, and a crash would publish it twice.
   */
  due(covers: number): { letters: Condemned[]; covers: number } {
    const letters: Condemned[] = [];
    let reached = covers;
    for (const condemned of this.#held) {
      if (reached <= condemned.after) break;
      letters.push(condemned);
      reached = Math.max(reached, condemned.record.offset + 1);
    }
    return { letters, covers: reached };
  }

  /** The transaction with these dead letters is committed, and covers their records. */
  settle(letters: readonly Condemned[]): void {
    if (letters.length === 0) return;
    this.#held = this.#held.filter((held) => !letters.includes(held));
    for (const { record } of letters) this.#skipped.delete(record.offset);
  }
}
