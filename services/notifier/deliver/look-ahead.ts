import { type Severity, severities } from '#shared/model/index.ts';
import { type Entry, inherit } from './entry.ts';

/** What an entry takes besides its record's value, in bytes, estimated. */
const overhead = 512;

/** Milliseconds. A wait longer than any that is ever set means that the clock was set back: it is over. */
const longestWait = 15 * 60_000;

/** True where a wait until `at` is over. */
export function isDue(at: number, now: number): boolean {
  return at <= now || at > now + longestWait;
}

/**
 * What has been read of the outbox and is not done with. One waiting message an incident at most (a newer revision takes the
 * place of an older one), and none while an earlier one of the incident is being sent, so cards of an incident arrive in order.
 */
export class LookAhead {
  /** In order of offset: what keeps the committed offset down. */
  readonly #entries = new Map<number, Entry>();
  readonly #waiting: Record<Severity, Map<string, Entry>> = {
    critical: new Map(),
    warning: new Map(),
    info: new Map(),
  };
  readonly #calling = new Map<string, Entry>();
  /** Superseded by a former owner, and their successor not read yet. */
  readonly #orphans = new Map<string, Entry[]>();
  #next = 0;
  #bytes = 0;

  /** Bytes held, estimated. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Messages not done with, those superseded not counted. */
  get depth(): number {
    return this.#calling.size + severities.reduce((sum, severity) => sum + this.#waiting[severity].size, 0);
  }

  get calling(): number {
    return this.#calling.size;
  }

  /** The offset from which a successor must read: everything below it is done with. */
  get covers(): number {
    const first = this.#entries.keys().next();
    return first.done === true ? this.#next : first.value;
  }

  /** The record at this offset has been read. */
  read(offset: number): void {
    this.#next = offset + 1;
  }

  /** Takes in a message that is to be sent. Returns the one that it supersedes, if any. */
  add(entry: Entry): Entry | undefined {
    this.#hold(entry);
    this.#adopt(entry);
    const older = this.#waitingOf(entry.incidentId);
    if (older === undefined) this.#waiting[entry.severity].set(entry.incidentId, entry);
    else this.#supersede(older, entry);
    return older;
  }

  /** Takes in a message that a former owner has superseded: it waits for its successor, which stands further on. */
  addSuperseded(entry: Entry): void {
    this.#hold(entry);
    this.#letGo(entry);
    const orphans = this.#orphans.get(entry.incidentId);
    if (orphans === undefined) this.#orphans.set(entry.incidentId, [entry]);
    else orphans.push(entry);
  }

  /** A message that a former owner was done with: what it had superseded is done with too. */
  addDone(entry: Entry): void {
    this.#adopt(entry);
    this.#remove(entry);
  }

  /**
   * The message to send next: the most severe, and of these the one that has waited longest; `undefined` where none may be sent
   * now. While the far side is `failing` the one that was tried least goes first, so that a message that is itself the trouble cannot
   * keep the others from showing that the far side is well.
   */
  next(now: number, failing: boolean): Entry | undefined {
    let least: Entry | undefined;
    for (const severity of severities.toReversed())
      for (const entry of this.#waiting[severity].values()) {
        if (!isDue(entry.notBefore, now) || this.#calling.has(entry.incidentId)) continue;
        if (!failing || entry.attempt === 0) return entry;
        if (least === undefined || entry.attempt < least.attempt) least = entry;
      }
    return least;
  }

  /** The earliest end of a wait among the messages that could be sent then; `undefined` where there is none. */
  nextDue(now: number): number | undefined {
    let earliest: number | undefined;
    for (const severity of severities)
      for (const entry of this.#waiting[severity].values())
        if (!isDue(entry.notBefore, now) && !this.#calling.has(entry.incidentId))
          earliest = Math.min(earliest ?? entry.notBefore, entry.notBefore);
    return earliest;
  }

  begin(entry: Entry): void {
    this.#waiting[entry.severity].delete(entry.incidentId);
    this.#calling.set(entry.incidentId, entry);
  }

  /** The message that is being sent from this offset. */
  called(offset: number): Entry | undefined {
    for (const entry of this.#calling.values()) if (entry.offset === offset) return entry;
    return undefined;
  }

  /** The call has ended and the message is done with. A dead one leaves its form to its successor: nobody saw it. */
  end(entry: Entry, seen: boolean): void {
    this.#calling.delete(entry.incidentId);
    const successor = this.#waitingOf(entry.incidentId);
    if (!seen && successor !== undefined) inherit(successor, entry);
    this.#remove(entry);
  }

  /** The call has failed and is to be made again. Returns true where a newer message of the incident supersedes it instead. */
  again(entry: Entry): boolean {
    this.#calling.delete(entry.incidentId);
    const successor = this.#waitingOf(entry.incidentId);
    if (successor === undefined) this.#waiting[entry.severity].set(entry.incidentId, entry);
    else this.#supersede(entry, successor);
    return successor !== undefined;
  }

  #waitingOf(incidentId: string): Entry | undefined {
    for (const severity of severities) {
      const entry = this.#waiting[severity].get(incidentId);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  /** The newer one takes the older one's place in the queue (where the severity is the same), its form and its wait. */
  #supersede(older: Entry, newer: Entry): void {
    if (older.severity !== newer.severity) this.#waiting[older.severity].delete(older.incidentId);
    this.#waiting[newer.severity].set(newer.incidentId, newer);
    inherit(newer, older);
    newer.notBefore = Math.max(older.notBefore, newer.notBefore);
    newer.holds.push(...older.holds, older);
    older.holds = [];
    this.#letGo(older);
  }

  #adopt(entry: Entry): void {
    const orphans = this.#orphans.get(entry.incidentId) ?? [];
    this.#orphans.delete(entry.incidentId);
    for (const orphan of orphans) inherit(entry, orphan);
    entry.holds.push(...orphans);
  }

  #hold(entry: Entry): void {
    this.#entries.set(entry.offset, entry);
    this.#bytes += sizeOf(entry);
  }

  #letGo(entry: Entry): void {
    this.#bytes -= sizeOf(entry);
    entry.record = undefined;
    this.#bytes += sizeOf(entry);
  }

  #remove(entry: Entry): void {
    for (const done of [entry, ...entry.holds])
      if (this.#entries.delete(done.offset)) this.#bytes -= sizeOf(done);
  }
}

function sizeOf(entry: Entry): number {
  return overhead + (entry.record?.value?.length ?? 0);
}
