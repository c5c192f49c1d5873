import type { Hit, Threshold } from '#shared/model/index.ts';

type Slice = NonNullable<Hit['slices']>[number];

/** A window is counted in so many slices, so that one that is not aligned with them is at most a tenth wrong. */
const slicesPerWindow = 10;
/** In milliseconds. */
const narrowestSlice = 100;

/** Length of the slices in which the lines of a threshold are counted, in milliseconds. */
export function sliceWidth(windowMs: number): number {
  return Math.max(narrowestSlice, Math.round(windowMs / slicesPerWindow));
}

/** Counts the lines that count towards one threshold, by slice of event time and by what it counts by. */
export class SliceCounts {
  readonly #width: number;
  /** By key, then by start of the slice. */
  readonly #counts = new Map<string, Map<number, number>>();
  /** Slices so far. */
  size = 0;

  constructor({ windowMs }: Threshold) {
    this.#width = sliceWidth(windowMs);
  }

  /** @param time event time in milliseconds since the epoch */
  add(time: number, key: string): void {
    const at = Math.floor(time / this.#width) * this.#width;
    let counts = this.#counts.get(key);
    if (counts === undefined) {
      counts = new Map();
      this.#counts.set(key, counts);
    }
    const count = counts.get(at) ?? 0;
    if (count === 0) this.size += 1;
    counts.set(at, count + 1);
  }

  /** Every line is in one of them. */
  list(): Slice[] {
    return [...this.#counts].flatMap(([key, counts]) =>
      [...counts].map(([at, count]) => ({ at, key, count })),
    );
  }
}
