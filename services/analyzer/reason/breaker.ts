/** Failures in a row that open it, and how long it stays open before a probe, doubling with each. */
const failuresToOpen = 3;
const firstWaitMs = 10_000;
const longestWaitMs = 300_000;

/**
 * A circuit breaker: after some failures in a row it lets nobody through but a probe now and then, until one succeeds. The
 * clock is passed in, in milliseconds.
 */
export class Breaker {
  #failures = 0;
  #failingSince: number | undefined;
  #wait = firstWaitMs;
  #nextProbe: number | undefined;

  /** True until something succeeds again, so also while a probe is under way. */
  get isOpen(): boolean {
    return this.#nextProbe !== undefined;
  }

  /** When the failures that have opened it began. */
  get openSince(): number | undefined {
    return this.isOpen ? this.#failingSince : undefined;
  }

  /** Whether a call may be made now. A probe puts the next one off, twice as long each time, whatever becomes of it. */
  allows(now: number): boolean {
    if (this.#nextProbe === undefined) return true;
    if (now < this.#nextProbe) return false;
    this.#wait = Math.min(longestWaitMs, 2 * this.#wait);
    this.#nextProbe = now + this.#wait;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#failingSince = undefined;
    this.#wait = firstWaitMs;
    this.#nextProbe = undefined;
  }

  /**
   * Calls that were under way when it opened fail too; they say nothing new.
   *
   * @param isPermanent the next call is known to fare alike: it opens at once
   */
  failed(now: number, isPermanent = false): void {
    this.#failures += 1;
    this.#failingSince ??= now;
    if (isPermanent || this.#failures >= failuresToOpen) this.#nextProbe ??= now + this.#wait;
  }
}
