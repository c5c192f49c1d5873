import { compareSeverity, type Severity, severities } from '#shared/model/index.ts';
import type { Entry } from './entry.ts';

/** Milliseconds. A wait longer than any that is ever set means that the clock was set back: it is over. */
const longestWait = 15 * 60_000;

/** True where a wait until `at` is over. */
export function isDue(at: number, now: number): boolean {
  return at <= now || at > now + longestWait;
}

/**
 * What waits to be sent, a lane a group: one waiting message at most, and before it one that is being sent (or is in a digest that
 * is), or one that was tried, perhaps with success, and must be settled before anything newer.
 */
export class Lanes {
  readonly #waiting: Record<Severity, Map<string, Entry>> = {
    critical: new Map(),
    warning: new Map(),
    info: new Map(),
  };
  readonly #busy = new Map<string, Entry>();
  readonly #unsettled = new Map<string, Entry>();

  get depth(): number {
    return this.#busy.size + this.waiting;
  }

  get waiting(): number {
    return severities.reduce((sum, severity) => sum + this.#waiting[severity].size, this.#unsettled.size);
  }

  /** The message of the group that waits, and is no earlier one's retry. */
  waitingOf(groupId: string): Entry | undefined {
    for (const severity of severities) {
      const entry = this.#waiting[severity].get(groupId);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  put(entry: Entry): void {
    this.#waiting[entry.severity].set(entry.groupId, entry);
  }

  drop(entry: Entry): void {
    this.#waiting[entry.severity].delete(entry.groupId);
  }

  putUnsettled(entry: Entry): void {
    this.#unsettled.set(entry.groupId, entry);
  }

  begin(entry: Entry): void {
    if (this.#unsettled.get(entry.groupId) === entry) this.#unsettled.delete(entry.groupId);
    else if (this.#waiting[entry.severity].get(entry.groupId) === entry) this.drop(entry);
    this.#busy.set(entry.groupId, entry);
  }

  end(entry: Entry): void {
    this.#busy.delete(entry.groupId);
  }

  /** The first message of each lane in which none is being sent: by severity as it is given, then by how long it waits. */
  *sendable(levels: readonly Severity[]): Generator<Entry> {
    for (const severity of levels) {
      for (const entry of this.#unsettled.values())
        if (!this.#busy.has(entry.groupId) && this.#urgencyOf(entry) === severity) yield entry;
      for (const entry of this.#waiting[severity].values())
        if (!this.#busy.has(entry.groupId) && !this.#unsettled.has(entry.groupId)) yield entry;
    }
  }

  /** All that has not been sent yet. */
  *unsent(): Generator<Entry> {
    for (const severity of severities.toReversed()) yield* this.#waiting[severity].values();
    yield* this.#unsettled.values();
  }

  /** What is held up by an unsettled message counts for it. */
  #urgencyOf(entry: Entry): Severity {
    const behind = this.waitingOf(entry.groupId)?.severity ?? entry.severity;
    return compareSeverity(behind, entry.severity) > 0 ? behind : entry.severity;
  }
}
