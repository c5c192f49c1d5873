const minute = 60_000;

interface Window {
  readonly calls: number;
  readonly ms: number;
}

/**
 * Keeps calls within so many a second and a minute, over every second and every minute that one can lay over them: the times of
 * the last calls are kept. (A token bucket would let a full bucket and a minute's refill pass within one minute, which is
 * twice the limit, just when a storm begins.)
 */
export class Pacer {
  readonly #windows: readonly Window[];
  readonly #kept: number;
  /** Ascending. */
  #times: number[] = [];

  /** @param perSecond below 1 it means one call in `1 / perSecond` seconds */
  constructor(perSecond: number, perMinute: number) {
    const second: Window =
      perSecond < 1 ? { calls: 1, ms: 1000 / perSecond } : { calls: Math.floor(perSecond), ms: 1000 };
    this.#windows = [second, { calls: Math.floor(perMinute), ms: minute }].filter(({ calls }) =>
      Number.isFinite(calls),
    );
    this.#kept = Math.max(0, ...this.#windows.map(({ calls }) => calls));
  }

  /** When a call may begin, in milliseconds since the epoch; `now` or earlier: at once. */
  nextAt(now: number): number {
    // A clock that was set back would make every call lie in the future, and the channel wait for it.
    if ((this.#times.at(-1) ?? 0) > now) this.#times = this.#times.map((time) => Math.min(time, now));
    return Math.max(
      0,
      ...this.#windows.map(({ calls, ms }) => {
        const oldest = this.#times.at(-calls);
        return this.#times.length < calls || oldest === undefined ? 0 : oldest + ms;
      }),
    );
  }

  /** Notes a call that begins now. Also for those of a former owner, in order of time. */
  note(time: number): void {
    if (this.#kept === 0) return;
    this.#times.push(time);
    const middle = this.#times[this.#times.length >> 1] ?? time;
    if (this.#times.length > 2 * this.#kept) this.#times = this.#times.slice(-this.#kept);
    else if (this.#times.length > 4096 && middle < time - minute)
      this.#times = this.#times.slice(this.#times.length >> 1);
  }
}
