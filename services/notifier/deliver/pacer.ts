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
  readonly #second: Window;
  readonly #minute: Window;
  readonly #kept: number;
  /** Ascending. */
  #times: number[] = [];

  /** @param perSecond below 1 it means one call in `1 / perSecond` seconds */
  constructor(perSecond: number, perMinute: number) {
    this.#second =
      perSecond < 1 ? { calls: 1, ms: 1000 / perSecond } : { calls: Math.floor(perSecond), ms: 1000 };
    this.#minute = { calls: Math.floor(perMinute), ms: minute };
    this.#kept = Math.max(
      0,
      ...[this.#second.calls, this.#minute.calls].filter((calls) => Number.isFinite(calls)),
    );
  }

  /** When the last call began; 0 where there was none. */
  get last(): number {
    return this.#times.at(-1) ?? 0;
  }

  /**
   * When so many calls may begin at once, in milliseconds since the epoch; `now` or earlier: at once. More than a window bears are
   * taken for what it bears.
   *
   * @param leave so many of the minute's calls are left for others
   */
  nextAt(now: number, calls = 1, leave = 0): number {
    // A clock that was set back would make every call lie in the future, and the channel wait for it.
    if (this.last > now) this.#times = this.#times.map((time) => Math.min(time, now));
    const free = ({ calls: most, ms }: Window, needed: number): number => {
      if (!Number.isFinite(most)) return 0;
      const oldest = this.#times.at(-(most - Math.min(needed, most) + 1));
      return this.#times.length <= most - Math.min(needed, most) || oldest === undefined ? 0 : oldest + ms;
    };
    return Math.max(0, free(this.#second, calls), free(this.#minute, calls + leave));
  }

  /** How many calls can begin by `until`, as many as the limits let through. */
  room(now: number, until: number): number {
    const seconds = this.#second.calls * Math.ceil((until - now) / this.#second.ms);
    return Math.min(seconds, this.left(until));
  }

  /** How many of the minute's calls will be left then, if none is made until then. */
  left(at: number): number {
    if (!Number.isFinite(this.#minute.calls)) return Number.POSITIVE_INFINITY;
    let used = 0;
    for (let index = this.#times.length - 1; index >= 0; index--) {
      if ((this.#times[index] ?? 0) <= at - minute) break;
      used++;
    }
    return Math.max(0, this.#minute.calls - used);
  }

  /** Notes calls that begin now. Also those of a former owner, in order of time. */
  note(time: number, calls = 1): void {
    if (this.#kept === 0) return;
    for (let call = 0; call < calls; call++) this.#times.push(time);
    const middle = this.#times[this.#times.length >> 1] ?? time;
    if (this.#times.length > 2 * this.#kept) this.#times = this.#times.slice(-this.#kept);
    else if (this.#times.length > 4096 && middle < time - minute)
      this.#times = this.#times.slice(this.#times.length >> 1);
  }
}
