import type { MachineReading } from '#shared/model/index.ts';

const steps = 60;
/** So that the whole is three hours: what happened before a failure is mostly in them. */
const stepMs = 3 * 60_000;

/** The means of one sensor in the last hours, in equal steps. */
export class Trend {
  /** Of one in memory. */
  static readonly bytes = 2 * 4 * steps + 128;
  /** By step number modulo their count. */
  readonly #sums = new Float32Array(steps);
  readonly #counts = new Uint16Array(steps);
  #newest = 0;

  /** @param at milliseconds since the epoch; what is older than all steps is passed over */
  add(at: number, value: number): void {
    const step = Math.floor(at / stepMs);
    if (this.#newest === 0) this.#newest = step;
    if (step <= this.#newest - steps) return;
    for (let empty = Math.max(this.#newest + 1, step - steps + 1); empty <= step; empty++) this.#clear(empty);
    this.#newest = Math.max(this.#newest, step);
    const index = step % steps;
    const count = this.#counts[index] ?? 0;
    if (count === 0xffff) return;
    this.#sums[index] = (this.#sums[index] ?? 0) + value;
    this.#counts[index] = count + 1;
  }

  /** From the first step that has a reading to the newest; undefined where that is one step alone. */
  course(): MachineReading['trend'] {
    const means = Array.from({ length: steps }, (_, index) => this.#mean(this.#newest - steps + 1 + index));
    const first = means.findIndex((mean) => mean !== null);
    if (first < 0 || first === steps - 1) return undefined;
    return { startAt: (this.#newest - steps + 1 + first) * stepMs, stepMs, means: means.slice(first) };
  }

  #mean(step: number): number | null {
    if (step < 0) return null;
    const count = this.#counts[step % steps] ?? 0;
    const mean = (this.#sums[step % steps] ?? 0) / count;
    // As many digits as single precision bears.
    return count === 0 ? null : Number(mean.toPrecision(6));
  }

  #clear(step: number): void {
    this.#sums[step % steps] = 0;
    this.#counts[step % steps] = 0;
  }
}
