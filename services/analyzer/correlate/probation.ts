import type { Exemplar, Hit, Probation as Written } from '#shared/model/index.ts';
import { addExemplars, exemplarBytes } from './exemplars.ts';
import type { Lines } from './lines.ts';
import { capParts, insertPart, mergeHosts, type Part, partCap, partsOf } from './parts.ts';
import { type Reached, reached, withoutExpired } from './thresholds.ts';
import { excuse, isOverdue } from './unless.ts';

/** The clock, and since when nothing newer has been waiting, in milliseconds since the epoch. */
export interface Clock {
  readonly now: number;
  readonly watchingSince: number;
}

/** What has passed probation: lines that count from now on, and which key of the threshold did it. */
export interface Passed {
  readonly lines: Lines;
  readonly threshold?: {
    readonly key: string;
    readonly count: number;
    readonly windowMs: number;
    readonly by?: string | undefined;
  };
}

/**
 * Lines of an incident that is not open which do not count yet: its threshold is not reached, or what excuses them may still come.
 * Both can be asked of one rule; then the lines of the window that reached the threshold must go without excuse.
 */
export class Probation {
  #threshold: Written['threshold'];
  #unlessWithinMs: number | undefined;
  #parts: Part[];
  #exemplars: readonly Exemplar[];
  #old: boolean;

  constructor(written: Written = { old: true, parts: [], exemplars: [] }) {
    this.#threshold = written.threshold;
    this.#unlessWithinMs = written.unlessWithinMs;
    this.#parts = [...written.parts];
    this.#exemplars = written.exemplars;
    this.#old = written.old;
  }

  /** @param excuses moments of event time at which a host has excused its lines, as far as they are remembered */
  add(hit: Hit, old: boolean, excuses: (host: string) => readonly number[]): void {
    this.#threshold = hit.threshold;
    this.#unlessWithinMs = hit.unlessWithinMs;
    this.#old &&= old;
    let parts = partsOf(hit);
    const { unlessWithinMs } = hit;
    if (unlessWithinMs !== undefined)
      for (const { name } of hit.hosts)
        for (const at of excuses(name)) parts = excuse(parts, name, at, unlessWithinMs);
    for (const part of parts) {
      insertPart(this.#parts, part, hit.threshold);
      if (this.#parts.length > partCap) this.#shrink();
    }
    if (parts.length > 0) this.#exemplars = addExemplars(this.#recentExemplars(), hit.exemplars);
  }

  /** Takes back what a host excuses. True where that was something. */
  excuse(host: string, at: number): boolean {
    if (this.#unlessWithinMs === undefined) return false;
    const left = excuse(this.#parts, host, at, this.#unlessWithinMs);
    const changed =
      left.some((part, index) => part !== this.#parts[index]) || left.length < this.#parts.length;
    this.#parts = left;
    if (changed) this.#exemplars = this.#exemplars.filter((exemplar) => exemplar.host !== host);
    return changed;
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  /** When the newest of its lines arrived. */
  get lastArrivedAt(): number {
    return Math.max(...this.#parts.map(({ arrivedAt }) => arrivedAt));
  }

  /** What passes at once: there is nothing to wait for. */
  passed(): Passed | undefined {
    const passed = this.#unlessWithinMs === undefined ? this.#release() : undefined;
    if (passed === undefined && this.#threshold) this.#parts = withoutExpired(this.#parts, this.#threshold);
    return passed;
  }

  /** What passes because time has passed. Without a clock only newer lines of the same failure tell the time. */
  passedBy(clock: Clock | undefined): Passed | undefined {
    const withinMs = this.#unlessWithinMs;
    // Without it nothing passes that had not passed when its last line came.
    if (withinMs === undefined) return undefined;
    const counted = this.#counted();
    return counted && isOverdue(counted.parts, withinMs, clock) ? this.#release() : undefined;
  }

  /** What passes because nothing more will come. */
  passedAtEnd(): Passed | undefined {
    return this.#release();
  }

  /** True where the window has passed by the clock and the threshold was not reached. */
  isOver({ now, watchingSince }: Clock): boolean {
    const threshold = this.#threshold;
    if (this.isEmpty) return true;
    if (threshold === undefined || now < Math.max(this.lastArrivedAt, watchingSince) + threshold.windowMs)
      return false;
    // Where it is reached, the lines only wait for what excuses them.
    return this.#unlessWithinMs === undefined || reached(this.#parts, threshold) === undefined;
  }

  written(): Written {
    return {
      ...(this.#threshold && { threshold: this.#threshold }),
      ...(this.#unlessWithinMs !== undefined && { unlessWithinMs: this.#unlessWithinMs }),
      old: this.#old,
      parts: [...this.#parts],
      exemplars: [...this.#exemplars],
    };
  }

  /** An upper bound of its bytes in memory. */
  get bytes(): number {
    let bytes = exemplarBytes(this.#exemplars);
    for (const { keys = [], hosts } of this.#parts) {
      bytes += 200;
      for (const { key } of keys) bytes += 2 * key.length + 64;
      for (const { name } of hosts) bytes += 2 * name.length + 80;
    }
    return bytes;
  }

  /** The parts that would count, where the threshold is reached or there is none. */
  #counted(): { parts: Part[]; by?: Reached } | undefined {
    const threshold = this.#threshold;
    if (this.isEmpty) return undefined;
    if (threshold === undefined) return { parts: this.#parts };
    const by = reached(this.#parts, threshold);
    return by && { parts: this.#parts.filter(({ at }) => at > by.after), by };
  }

  /** What has expired goes first; where the threshold is reached, the lines are to be released and it does not matter. */
  #shrink(): void {
    if (this.#threshold !== undefined) {
      if (reached(this.#parts, this.#threshold) !== undefined && this.#unlessWithinMs === undefined) return;
      this.#parts = withoutExpired(this.#parts, this.#threshold);
    }
    capParts(this.#parts);
  }

  #release(): Passed | undefined {
    const counted = this.#counted();
    if (counted === undefined) return undefined;
    const { parts, by } = counted;
    const firstSeen = Math.min(...parts.map((part) => part.firstSeen));
    const ofThem = this.#exemplars.filter(({ timestamp }) => Date.parse(timestamp) >= firstSeen);
    const lines: Lines = {
      count: parts.reduce((sum, part) => sum + part.count, 0),
      hosts: mergeHosts(parts.flatMap(({ hosts }) => hosts)),
      firstSeen,
      lastSeen: Math.max(...parts.map((part) => part.lastSeen)),
      firstArrivedAt: Math.min(...parts.map((part) => part.arrivedAt)),
      lastArrivedAt: Math.max(...parts.map((part) => part.arrivedAt)),
      old: this.#old,
      exemplars: ofThem.length > 0 ? ofThem : this.#exemplars,
      spans: parts,
    };
    return by && this.#threshold ? { lines, threshold: { ...this.#threshold, key: by.key } } : { lines };
  }

  /** Those that are no older than the lines that are kept, so that an incident does not show what was long before it. */
  #recentExemplars(): readonly Exemplar[] {
    const oldest = Math.min(...this.#parts.map(({ firstSeen }) => firstSeen));
    return this.#exemplars.filter(({ timestamp }) => Date.parse(timestamp) >= oldest);
  }
}
