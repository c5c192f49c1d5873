/** Calls within a window that slides; those that are refused do not count. */
export class SlidingWindow {
  readonly #most: number;
  readonly #windowMs: number;
  #times: number[] = [];

  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** Milliseconds until a call fits; 0 where it fits now. */
  waitMs(now: number): number {
    this.#times = this.#times.filter((time) => time > now - this.#windowMs);
    const oldest = this.#times[this.#times.length - this.#most];
    return oldest === undefined ? 0 : oldest + this.#windowMs - now;
  }

  note(now: number): void {
    this.#times.push(now);
  }
}

/** Takes a call where all windows have room, and says else how many milliseconds it has to wait. */
export function admit(windows: readonly SlidingWindow[], now: number): number {
  const wait = Math.max(0, ...windows.map((window) => window.waitMs(now)));
  if (wait === 0) for (const window of windows) window.note(now);
  return wait;
}

/** The platform's limits: of each API 1,000 a minute and 50 a second an app; 5 a second a chat or person; 5 updates a second a card. */
export class Limits {
  readonly #windows = new Map<string, SlidingWindow[]>();

  /** Of one API of an app. */
  api(appId: string, api: string, now: number): number {
    return admit(
      this.#of(`${appId} ${api}`, () => [new SlidingWindow(50, 1000), new SlidingWindow(1000, 60_000)]),
      now,
    );
  }

  /** Of a chat, whoever writes there, or of the updates of one card. */
  target(id: string, now: number): number {
    return admit(
      this.#of(id, () => [new SlidingWindow(5, 1000)]),
      now,
    );
  }

  #of(key: string, make: () => SlidingWindow[]): SlidingWindow[] {
    const known = this.#windows.get(key) ?? make();
    this.#windows.set(key, known);
    return known;
  }
}
