import type { Clock } from './probation.ts';

/**
 * Ticks come once a second. After a longer gap (a stalled process, a new owner) the stage has not been watching, and silence
 * counts from then only.
 */
const longestTickGap = 10_000;

/**
 * Since when correlation has itself seen that nothing newer waits: after an outage the lines that are missing may still be on
 * their way.
 */
export class Watch {
  #since: number | undefined;
  #lastTick = 0;

  /** The clock to tell silence by; undefined where something newer waits. */
  at(now: number, caughtUp: boolean): Clock | undefined {
    if (now - this.#lastTick > longestTickGap) this.#since = undefined;
    this.#lastTick = now;
    if (!caughtUp) return undefined;
    this.#since ??= now;
    return { now, watchingSince: this.#since };
  }
}
