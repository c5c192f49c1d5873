import { compareSeverity, type Severity } from '#shared/model/index.ts';

/** A reservation is void when its question has not begun by then: the transaction that carried it has failed. */
const reservedMs = 15_000;
/** What a partition wants is heeded so long; it says so anew each second while it is worked on. */
const wantedMs = 3000;

/** The question that a partition would ask next. */
export interface Want {
  readonly severity: Severity;
  /** Since when it has waited, in milliseconds since the epoch. */
  readonly since: number;
}

/** The right to one call of the model. */
export interface Slot {
  /** Aborted when the slot is wanted for something more severe. */
  readonly preempted: AbortSignal;
  /** The question begins; without it the slot is lost after a while. */
  begin(): void;
  release(): void;
}

interface Taken {
  readonly severity: Severity;
  readonly takenAt: number;
  readonly mayBePreempted: boolean;
  readonly preempting: AbortController;
  hasBegun: boolean;
}

/**
 * The calls of the model under way, bounded over all partitions of this process. A free slot goes to the partition with the most
 * severe question, of equals the one that has waited longest; a critical question that finds none takes that of the least severe.
 */
export class Slots {
  readonly #size: number;
  readonly #taken = new Set<Taken>();
  readonly #wants = new Map<number, Want & { readonly at: number }>();

  constructor(size: number) {
    this.#size = size;
  }

  /** Says what a partition would ask next; undefined for nothing. */
  want(partition: number, want: Want | undefined, now: number): void {
    if (want === undefined) this.#wants.delete(partition);
    else this.#wants.set(partition, { ...want, at: now });
  }

  /** A slot for what the partition wants; undefined where there is none, or where another partition comes first. */
  take(partition: number, mayBePreempted: boolean, now: number): Slot | undefined {
    for (const one of this.#taken)
      if (!one.hasBegun && now - one.takenAt > reservedMs) this.#taken.delete(one);
    const own = this.#wants.get(partition);
    if (own === undefined) return undefined;
    const before = [...this.#wants.values()].filter(
      (want) => want !== own && now - want.at <= wantedMs && isBefore(want, own),
    );
    if (this.#size - this.#taken.size <= before.length) return undefined;
    this.#wants.delete(partition);
    const taken: Taken = {
      severity: own.severity,
      takenAt: now,
      mayBePreempted,
      preempting: new AbortController(),
      hasBegun: false,
    };
    this.#taken.add(taken);
    return {
      preempted: taken.preempting.signal,
      begin: () => {
        taken.hasBegun = true;
        this.#taken.add(taken);
      },
      release: () => void this.#taken.delete(taken),
    };
  }

  /**
   * Aborts the least severe question, of equals the one that has run for the shortest time, for a critical one that waits; at most
   * one at a time, and each question once in its life.
   *
   * @returns whether one was aborted
   */
  preemptFor(severity: Severity): boolean {
    if (severity !== 'critical' || this.#taken.size < this.#size) return false;
    if ([...this.#taken].some((one) => one.preempting.signal.aborted)) return false;
    const [victim] = [...this.#taken]
      .filter((one) => one.hasBegun && one.mayBePreempted && one.severity !== 'critical')
      .sort((a, b) => compareSeverity(a.severity, b.severity) || b.takenAt - a.takenAt);
    victim?.preempting.abort();
    return victim !== undefined;
  }
}

function isBefore(a: Want, b: Want): boolean {
  return (compareSeverity(a.severity, b.severity) || b.since - a.since) > 0;
}
