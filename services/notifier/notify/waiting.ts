import type { Finding } from '#shared/model/index.ts';
import type { Part } from './audience.ts';

/** So many wait at most; who comes then does not wait. Each is a brief finding, some KB. */
const mostWaiting = 5000;

/** A finding that a channel may hear of a little later. */
export interface Waiter {
  readonly channel: string;
  readonly finding: Finding;
  /** The channel's part by the finding's route; none where it was told of it before. */
  readonly part: Part | undefined;
  /** Of the finding's record: it is read again by a successor. */
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
}

/**
 * Findings that wait to be told, by channel and incident, the newest revision of each. They are kept in memory alone: the input's offset is not
 * committed beyond the first of them, so a successor reads them again.
 */
export class Waiting {
  readonly #waiters = new Map<string, Waiter>();

  /** A wait begins once: a newer revision does not prolong it. False where no more can wait. */
  put(waiter: Waiter): boolean {
    const key = keyOf(waiter.channel, waiter.finding.id);
    const before = this.#waiters.get(key);
    if (before === undefined && this.#waiters.size >= mostWaiting) return false;
    this.#waiters.set(key, { ...waiter, dueAt: Math.min(before?.dueAt ?? waiter.dueAt, waiter.dueAt) });
    return true;
  }

  has(channel: string, incidentId: string): boolean {
    return this.#waiters.has(keyOf(channel, incidentId));
  }

  end(channel: string, incidentId: string): void {
    this.#waiters.delete(keyOf(channel, incidentId));
  }

  /** Takes out those that have waited long enough. */
  takeDue(now: number): Waiter[] {
    const due = [...this.#waiters].filter(([, { dueAt }]) => dueAt <= now);
    for (const [key] of due) this.#waiters.delete(key);
    return due.map(([, waiter]) => waiter);
  }

  /** The first offset that must be read again. */
  get firstOffset(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { offset } of this.#waiters.values()) first = Math.min(first, offset);
    return first;
  }
}

function keyOf(channel: string, incidentId: string): string {
  return `${channel}:${incidentId}`;
}
