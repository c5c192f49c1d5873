import { type Severity, severities } from '#shared/model/index.ts';
import { type Entry, inherit } from './entry.ts';
import { isDue, Lanes } from './lanes.ts';

/** What an entry takes besides its record's packed value, in bytes, estimated. */
const overhead = 768;

/** The most severe first. */
const allLevels = severities.toReversed();

/**
 * What has been read of the outbox and is not done with. One waiting message a group at most (a newer one takes the place of an older
 * one), and none while an earlier one of the group is being sent, so a group's messages arrive in order.
 */
export class LookAhead {
  /** In order of offset: what keeps the committed offset down. */
  readonly #entries = new Map<number, Entry>();
  readonly #lanes = new Lanes();
  /** Superseded by a former owner, and their successor not read yet. */
  readonly #orphans = new Map<string, Entry[]>();
  readonly #settleFirst: boolean;
  #next = 0;
  #bytes = 0;

  /** @param settleFirst whether a message that the far side may have is tried until that is known, before anything newer */
  constructor(settleFirst: boolean) {
    this.#settleFirst = settleFirst;
  }

  /** Bytes held, estimated. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Messages not done with, those superseded not counted. */
  get depth(): number {
    return this.#lanes.depth;
  }

  /** Messages that wait and are not being sent, by themselves or in a digest. */
  get waiting(): number {
    return this.#lanes.waiting;
  }

  /** The offset from which a successor must read: everything below it is done with. */
  get covers(): number {
    const first = this.#entries.keys().next();
    return first.done === true ? this.#next : first.value;
  }

  /** The offset that is read next. */
  get reading(): number {
    return this.#next;
  }

  /** The record at this offset has been read. */
  read(offset: number): void {
    this.#next = offset + 1;
  }

  /** Takes in a message that is to be sent. Returns the one that it supersedes, if any. */
  add(entry: Entry): Entry | undefined {
    this.#hold(entry);
    this.#adopt(entry);
    const older = this.#lanes.waitingOf(entry.groupId);
    if (older !== undefined) this.#supersede(older, entry);
    else this.#queue(entry);
    return older;
  }

  /** Takes in a message that a former owner has superseded: it waits for its successor, which stands further on. */
  addSuperseded(entry: Entry): void {
    this.#hold(entry);
    this.#letGo(entry);
    const orphans = this.#orphans.get(entry.groupId);
    if (orphans === undefined) this.#orphans.set(entry.groupId, [entry]);
    else orphans.push(entry);
  }

  /** A message that a former owner was done with: what it had superseded is done with too. */
  addDone(entry: Entry): void {
    this.#adopt(entry);
    this.#remove(entry);
  }

  /** Takes in a message of a digest that a former owner has begun: it is sent with that digest. */
  addBegun(entry: Entry): void {
    this.#hold(entry);
    this.#adopt(entry);
    this.#lanes.begin(entry);
  }

  /**
   * The message to send next: the most severe, and of these the one that has waited longest; `undefined` where none may be sent
   * now. While the far side is `failing` the one that was tried least goes first, so that a message that is itself the trouble cannot
   * keep the others from showing that the far side is well.
   */
  next(now: number, failing: boolean, levels: readonly Severity[] = allLevels): Entry | undefined {
    let least: Entry | undefined;
    for (const entry of this.#lanes.sendable(levels)) {
      const { notBefore, attempt } = entry.tries;
      if (!isDue(notBefore, now)) continue;
      if (!failing || attempt === 0) return entry;
      if (least === undefined || attempt < least.tries.attempt) least = entry;
    }
    return least;
  }

  /** The messages that may be sent now and that `fits` takes, in the order in which they would go; lazily. */
  *due(now: number, levels: readonly Severity[], fits: (entry: Entry) => boolean): Generator<Entry> {
    for (const entry of this.#lanes.sendable(levels))
      if (isDue(entry.tries.notBefore, now) && fits(entry)) yield entry;
  }

  /** The earliest end of a wait among the messages that could be sent then; `undefined` where there is none. */
  nextDue(now: number): number | undefined {
    let earliest: number | undefined;
    for (const { tries } of this.#lanes.sendable(allLevels))
      if (!isDue(tries.notBefore, now)) earliest = Math.min(earliest ?? tries.notBefore, tries.notBefore);
    return earliest;
  }

  /** All that waits, the most severe first. */
  unsent(): Iterable<Entry> {
    return this.#lanes.unsent();
  }

  begin(entry: Entry): void {
    this.#lanes.begin(entry);
  }

  /** The call has ended and the message is done with. A dead one leaves its form to its successor: nobody saw it. */
  end(entry: Entry, seen: boolean): void {
    this.#lanes.end(entry);
    const successor = this.#lanes.waitingOf(entry.groupId);
    if (!seen && successor !== undefined) inherit(successor, entry);
    this.#remove(entry);
  }

  /** The call has failed and is to be made again. Returns true where a newer message of the group supersedes it instead. */
  again(entry: Entry): boolean {
    this.#lanes.end(entry);
    const successor = this.#lanes.waitingOf(entry.groupId);
    const isSuperseded = successor !== undefined && !this.#mustSettle(entry);
    if (isSuperseded) this.#supersede(entry, successor);
    else this.#queue(entry);
    return isSuperseded;
  }

  #mustSettle(entry: Entry): boolean {
    return this.#settleFirst && entry.tries.uncertainSince !== undefined;
  }

  #queue(entry: Entry): void {
    if (this.#mustSettle(entry)) this.#lanes.putUnsettled(entry);
    else this.#lanes.put(entry);
  }

  /** The newer one takes the older one's place in the queue (where the severity is the same), its form and its wait. */
  #supersede(older: Entry, newer: Entry): void {
    if (older.severity !== newer.severity) this.#lanes.drop(older);
    this.#lanes.put(newer);
    inherit(newer, older);
    newer.tries.notBefore = Math.max(older.tries.notBefore, newer.tries.notBefore);
    newer.holds.push(...older.holds, older);
    older.holds = [];
    this.#letGo(older);
  }

  #adopt(entry: Entry): void {
    const orphans = this.#orphans.get(entry.groupId) ?? [];
    this.#orphans.delete(entry.groupId);
    for (const orphan of orphans) inherit(entry, orphan);
    entry.holds.push(...orphans);
  }

  #hold(entry: Entry): void {
    this.#entries.set(entry.offset, entry);
    this.#bytes += sizeOf(entry);
  }

  #letGo(entry: Entry): void {
    this.#bytes -= sizeOf(entry);
    entry.packed = undefined;
    this.#bytes += sizeOf(entry);
  }

  #remove(entry: Entry): void {
    for (const done of [entry, ...entry.holds])
      if (this.#entries.delete(done.offset)) this.#bytes -= sizeOf(done);
  }
}

function sizeOf(entry: Entry): number {
  return overhead + (entry.packed?.value?.length ?? 0);
}
