import type { Series } from '#shared/model/index.ts';

/** As the model bounds it. */
const cap = 60;
/** The step at first, in milliseconds: 60 of them are a quarter of an hour. */
const firstStepMs = 15_000;
/**
 * Lines that are farther than this from all others come from a clock that is wrong, and would leave the others on one bar. Longer than
 * an incident is ever without lines.
 */
const farMs = 7 * 24 * 60 * 60 * 1000;

/** So many lines at some time between these moments, one of them at each end; milliseconds since the epoch, event time. */
export interface Span {
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly count: number;
}

/**
 * An incident's lines over time, in at most 60 equal steps that begin at multiples of their length, so that it does not matter in which
 * order lines come. Where more steps would be needed, two become one. The sum is the count of the lines: those of a wild clock stand
 * in the nearest step.
 */
export class LineSeries {
  #stepMs = firstStepMs;
  /** Number of the first step since the epoch. */
  #first = 0;
  #counts: number[] = [];

  /** @param written as it was published; without it the lines are taken to have been spread evenly */
  static restore(written: Series | undefined, lines: Span): LineSeries {
    const series = new LineSeries();
    if (written !== undefined) {
      series.#stepMs = written.stepMs;
      series.#first = Math.floor(written.startAt / written.stepMs);
      series.#counts = [...written.counts];
    } else if (lines.count > 0) series.add(lines);
    return series;
  }

  /** Counts lines in: where they are of several moments, evenly between the first and the last. */
  add({ firstSeen, lastSeen, count }: Span): void {
    if (count <= 0) return;
    const to = this.#near(lastSeen);
    const from = Math.max(Math.min(this.#near(firstSeen), to), to - farMs);
    this.#makeRoom(from, to);
    if (count === 1 || this.#indexOf(from) === this.#indexOf(to)) {
      this.#addAt(to, count);
      return;
    }
    this.#addAt(from, 1);
    this.#addAt(to, 1);
    this.#spread(from, to, count - 2);
  }

  /** Undefined where there is no line. */
  written(): Series | undefined {
    if (this.#counts.length === 0) return undefined;
    return { startAt: this.#first * this.#stepMs, stepMs: this.#stepMs, counts: [...this.#counts] };
  }

  /** An upper bound of its bytes in memory. */
  get bytes(): number {
    return 128 + 8 * cap;
  }

  /** The moment, or where it is far before the others the first of them; where it is far behind them the series begins anew there. */
  #near(moment: number): number {
    if (this.#counts.length === 0) return moment;
    const startAt = this.#first * this.#stepMs;
    const endAt = (this.#first + this.#counts.length) * this.#stepMs;
    if (moment < startAt - farMs) return startAt;
    if (moment > endAt + farMs) {
      const before = this.#counts.reduce((sum, count) => sum + count, 0);
      this.#stepMs = firstStepMs;
      this.#first = Math.floor(moment / firstStepMs);
      this.#counts = [before];
    }
    return moment;
  }

  #makeRoom(from: number, to: number): void {
    if (this.#counts.length === 0) this.#first = Math.floor(from / this.#stepMs);
    const last = (): number => Math.max(this.#first + this.#counts.length - 1, Math.floor(to / this.#stepMs));
    const first = (): number => Math.min(this.#first, Math.floor(from / this.#stepMs));
    while (last() - first() >= cap) this.#double();
    const before = this.#first - first();
    if (before > 0) this.#counts.unshift(...new Array<number>(before).fill(0));
    this.#first -= before;
    while (this.#first + this.#counts.length <= last()) this.#counts.push(0);
  }

  #double(): void {
    const first = Math.floor(this.#first / 2);
    const doubled: number[] = [];
    for (const [index, count] of this.#counts.entries()) {
      const at = Math.floor((this.#first + index) / 2) - first;
      doubled[at] = (doubled[at] ?? 0) + count;
    }
    this.#stepMs *= 2;
    this.#first = first;
    this.#counts = doubled;
  }

  /** By rounding what has gone until the end of each step, so that none is lost and none made. */
  #spread(from: number, to: number, count: number): void {
    let placed = 0;
    const last = this.#indexOf(to);
    for (let index = this.#indexOf(from); index <= last; index += 1) {
      const endsAt = Math.min(to, (this.#first + index + 1) * this.#stepMs);
      const due = index === last ? count : Math.round((count * (endsAt - from)) / (to - from));
      this.#counts[index] = (this.#counts[index] ?? 0) + due - placed;
      placed = due;
    }
  }

  #addAt(moment: number, count: number): void {
    const index = this.#indexOf(moment);
    this.#counts[index] = (this.#counts[index] ?? 0) + count;
  }

  #indexOf(moment: number): number {
    return Math.floor(moment / this.#stepMs) - this.#first;
  }
}
