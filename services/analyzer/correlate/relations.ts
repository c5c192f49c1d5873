import { compareSeverity, isAtLeast } from '#shared/model/index.ts';
import type { Dependence } from './dependence.ts';
import type { IncidentRecord } from './incident-record.ts';
import type { Clock } from './probation.ts';
import type { Shelf } from './shelf.ts';

/**
 * Which incident has caused which: one that its own depends on, be it by its service or by its part of a machine, which began at
 * about the same time. An incident that has a cause is told on the cause's card.
 */
export class Relations {
  readonly #shelf: Shelf;
  readonly #dependence: Dependence;
  readonly #withinMs: number;
  #hasLookedAtAll = false;

  /** @param withinMs how far apart in event time the two may have begun, and how long a cause holds after it was resolved */
  constructor(shelf: Shelf, dependence: Dependence, withinMs: number) {
    this.#shelf = shelf;
    this.#dependence = dependence;
    this.#withinMs = withinMs;
  }

  /** An incident was opened or reopened: looks for its cause, and for what it may be the cause of. */
  opened(record: IncidentRecord): void {
    this.#relate(record, this.#causeOf(record));
    if (!canCause(record)) return;
    for (const dependant of this.#dependence.dependantsOf(record))
      if (this.#areClose(dependant, record) && this.#explainsBetter(record, dependant))
        this.#relate(dependant, this.#rootFor(dependant, record));
  }

  /**
   * Ends what holds no more, and hands on what was taken in by one that has itself been taken in. True where something ended.
   *
   * @param clock undefined while something newer waits
   */
  review(clock: Clock | undefined): boolean {
    let ended = false;
    for (const record of [...this.#shelf.open]) {
      const isRelated = record.relatives.causedBy !== undefined;
      if (!isRelated && this.#hasLookedAtAll) continue;
      const cause = this.#holdingCause(record, clock);
      this.#relate(record, cause === undefined ? this.#causeOf(record) : this.#rootFor(record, cause));
      ended ||= isRelated && record.relatives.causedBy === undefined;
    }
    this.#hasLookedAtAll = true;
    return ended;
  }

  /** The deepest dependency that fails since about then; of several the one that began first. */
  #causeOf(record: IncidentRecord): IncidentRecord | undefined {
    const firsts = new Map<string, IncidentRecord>();
    for (const candidate of this.#dependence.causesOf(record)) {
      if (!this.#areClose(record, candidate) || !canCause(candidate)) continue;
      const root = this.#rootOf(candidate);
      // In a circle it may be what has caused the other.
      if (root === record) continue;
      const told = canCause(root) ? root : candidate;
      const first = firsts.get(told.subject);
      if (first === undefined || beganBefore(told, first)) firsts.set(told.subject, told);
    }
    const all = [...firsts.values()];
    const deepest = all.filter(
      (one) => !all.some((other) => other !== one && this.#dependence.needs(one, other)),
    );
    // In a circle none is the deepest.
    const [first] = (deepest.length > 0 ? deepest : all).sort((a, b) => (beganBefore(a, b) ? -1 : 1));
    return first;
  }

  /** Whether this one, just opened, is more likely the cause of that than the one that is taken for it. */
  #explainsBetter(record: IncidentRecord, dependant: IncidentRecord): boolean {
    if (this.#rootOf(record) === dependant) return false;
    const { causedBy } = dependant.relatives;
    const known = causedBy && this.#shelf.get(causedBy.id);
    if (known === undefined || !known.isOpen) return true;
    const isDeeper = this.#dependence.needs(known, record);
    const isShallower = this.#dependence.needs(record, known);
    return isDeeper === isShallower ? beganBefore(record, known) : isDeeper;
  }

  /** The cause that it has, as long as it is one: it is open, or nothing has come since for long enough. */
  #holdingCause(record: IncidentRecord, clock: Clock | undefined): IncidentRecord | undefined {
    const { causedBy } = record.relatives;
    const cause = causedBy && this.#shelf.get(causedBy.id);
    if (cause === undefined || !this.#dependence.needs(record, cause)) return undefined;
    if (cause.isOpen) return cause.muted === undefined ? cause : undefined;
    const resolvedAt = cause.resolvedAt ?? 0;
    // Of a state that is told once and stays nothing more comes: there it is the clock that says that it has outlasted its cause.
    if (clock !== undefined && record.description.quietAfterMs !== undefined)
      return clock.now <= Math.max(resolvedAt, clock.watchingSince) + this.#withinMs ? cause : undefined;
    const heldUntil = resolvedAt + this.#withinMs;
    return record.evidence.lastArrivedAt <= heldUntil ? cause : undefined;
  }

  /** The one on whose card it is told; itself where it has no cause. */
  #rootOf(record: IncidentRecord): IncidentRecord {
    if (record.relatives.causedBy === undefined) return record;
    const seen = new Set([record]);
    for (let root = record; ; ) {
      const { causedBy } = root.relatives;
      const next = causedBy && this.#shelf.get(causedBy.id);
      if (next === undefined || seen.has(next)) return root;
      seen.add(next);
      root = next;
    }
  }

  #rootFor(record: IncidentRecord, cause: IncidentRecord): IncidentRecord {
    const root = this.#rootOf(cause);
    return root === record ? cause : root;
  }

  #areClose(record: IncidentRecord, cause: IncidentRecord): boolean {
    const later = cause.beganAt - record.beganAt;
    const ofMachine = record.part !== undefined && cause.part !== undefined;
    return later <= (ofMachine ? pollsMs : this.#withinMs) && -later <= this.#withinMs;
  }

  #relate(record: IncidentRecord, cause: IncidentRecord | undefined): void {
    const before = record.relatives.causedBy;
    if (before?.id === cause?.id) {
      if (cause !== undefined) this.#keepWorst(record, cause);
      return;
    }
    const former = before && this.#shelf.get(before.id);
    if (former !== undefined) {
      former.relatives.letGo(record.id);
      former.touch(false);
      this.#shelf.put(former);
    }
    record.relatives.causedBy = cause?.related;
    // Nobody may have been told of it so far.
    record.touch(cause === undefined);
    this.#shelf.put(record);
    if (cause === undefined) return;
    cause.relatives.takeIn(record.related);
    cause.touch(false);
    this.#shelf.put(cause);
    this.#keepWorst(record, cause);
  }

  /** Of one machine's parts, the card of the cause is the only one: what is worse than it must be seen there. */
  #keepWorst(record: IncidentRecord, cause: IncidentRecord): void {
    const { severity } = record.description;
    if (record.part === undefined || cause.part === undefined || !record.isOpen) return;
    const known = cause.relatives.worst ?? cause.description.severity;
    if (compareSeverity(severity, known) <= 0) return;
    cause.relatives.worst = severity;
    cause.touch(true);
    this.#shelf.put(cause);
  }
}

/** A part's failure comes before what it leads to; a minute is two polls, which may find the two the other way round. */
const pollsMs = 60_000;

/** What people are not told of, or would not get up for, explains nothing. */
function canCause(record: IncidentRecord): boolean {
  const { muted, knownGood, old, description } = record;
  return (
    record.isOpen && muted === undefined && !knownGood && !old && isAtLeast(description.severity, 'warning')
  );
}

/** The order is the same for whoever compares them. */
function beganBefore(a: IncidentRecord, b: IncidentRecord): boolean {
  return a.beganAt < b.beganAt || (a.beganAt === b.beganAt && a.id < b.id);
}
