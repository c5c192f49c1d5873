import type { Finding } from '#shared/model/index.ts';

/** So many wait at most; who comes then does not wait. Each is a brief finding, some KB. */
const mostWaiting = 5000;

/** A finding that a channel may hear of a little later. */
export interface Waiter {
  readonly channel: string;
  readonly finding: Finding;
  /** Of the finding's record: it is read again by a successor. */
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
}

/**
 * Findings that wait to be told, by group, the newest revision of each. They are kept in memory alone: the input's offset is not
 * committed beyond the first of them, so a successor reads them again.
 */
export class Waiting {
  readonly #waiters = new Map<string, Waiter>();

  /** A wait begins once: a newer revision does not prolong it. False where no more can wait. */
  put(groupId: string, waiter: Waiter): boolean {
    const before = this.#waiters.get(groupId);
    if (before === undefined && this.#waiters.size >= mostWaiting) return false;
    this.#waiters.set(groupId, { ...waiter, dueAt: Math.min(before?.dueAt ?? waiter.dueAt, waiter.dueAt) });
    return true;
  }

  end(groupId: string): void {
    this.#waiters.delete(groupId);
  }

  /** Takes out those that have waited long enough. */
  takeDue(now: number): Waiter[] {
    const due = [...this.#waiters].filter(([, { dueAt }]) => dueAt <= now);
    for (const [groupId] of due) this.#waiters.delete(groupId);
    return due.map(([, waiter]) => waiter);
  }

  /** The first offset that must be read again. */
  get firstOffset(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { offset } of this.#waiters.values()) first = Math.min(first, offset);
    return first;
  }
}
