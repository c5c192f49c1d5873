import type { Baseline } from '#shared/model/index.ts';
import { binOf, countOf } from './histogram.ts';

const hourMs = 60 * 60_000;
const hoursOfWeek = 168;
/** The week that is running, and those before it that are looked at: fewer say nothing about what is usual at this hour. */
const weeksBack = 3;
const rings = weeksBack + 1;

/** The busiest window of each hour of the last weeks. Weeks begin on Thursday 00:00 UTC, as the epoch did. */
export class Hours {
  readonly #weeks: number[];
  readonly #bins: Uint8Array;

  constructor(state?: Baseline['hours']) {
    this.#weeks = Array.from({ length: rings }, (_, ring) => state?.weeks[ring] ?? -1);
    this.#bins = new Uint8Array(rings * hoursOfWeek);
    if (state !== undefined) this.#bins.set(Buffer.from(state.bins, 'base64').subarray(0, this.#bins.length));
  }

  /** @param at start of a window, in milliseconds since the epoch */
  add(at: number, count: number): void {
    const { week, hour } = place(at);
    const ring = week % rings;
    if (this.#weeks[ring] !== week) {
      this.#weeks[ring] = week;
      this.#bins.fill(0, ring * hoursOfWeek, (ring + 1) * hoursOfWeek);
    }
    const index = ring * hoursOfWeek + hour;
    this.#bins[index] = Math.min(255, Math.max(this.#bins[index] ?? 0, binOf(count)));
  }

  /**
   * The busiest window that is usual about this time of the week: the median of the last three weeks, at this hour or one beside it.
   * `undefined` where there are no three weeks.
   */
  usual(at: number): number | undefined {
    const { week } = place(at);
    for (let back = 1; back <= weeksBack; back++)
      if (this.#weeks[(week - back + rings) % rings] !== week - back) return undefined;
    return Math.max(...[-1, 0, 1].map((beside) => this.#median(at + beside * hourMs, week)));
  }

  state(): NonNullable<Baseline['hours']> {
    return { weeks: [...this.#weeks], bins: Buffer.from(this.#bins).toString('base64') };
  }

  #median(at: number, thisWeek: number): number {
    const { hour } = place(at);
    const bins: number[] = [];
    for (let back = 1; back <= weeksBack; back++)
      bins.push(this.#bins[((thisWeek - back + rings) % rings) * hoursOfWeek + hour] ?? 0);
    return countOf(bins.sort((a, b) => a - b)[1] ?? 0);
  }
}

function place(at: number): { week: number; hour: number } {
  const hours = Math.floor(at / hourMs);
  return { week: Math.floor(hours / hoursOfWeek), hour: ((hours % hoursOfWeek) + hoursOfWeek) % hoursOfWeek };
}
