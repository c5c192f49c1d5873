import type { BinWeights } from '#shared/model/index.ts';

/** Values up to here have a bin of their own; above, each bin is a tenth wider than the one before: values are off by 5% at most. */
const exact = 16;
const growth = Math.log(1.1);
/** What weighs less is forgotten: a window of more than three weeks ago, with a half-life of one. */
const minWeight = 0.1;

/** The bin of a value of 0 or more. */
export function binOf(value: number): number {
  return value <= exact
    ? Math.max(0, Math.round(value))
    : exact + Math.round(Math.log(value / exact) / growth);
}

/** The value that a bin stands for. */
export function countOf(bin: number): number {
  return bin <= exact ? bin : Math.round(exact * Math.exp((bin - exact) * growth));
}

/** A distribution of values in which the old weigh less and less. Of bounded size: some 250 bins hold any count there is. */
export class Histogram {
  readonly #halfLife: number;
  readonly #weights = new Map<number, number>();

  /** @param halfLife in the steps that `age` is told of */
  constructor(halfLife: number, weights: BinWeights = []) {
    this.#halfLife = halfLife;
    for (const [bin, weight] of weights) this.#weights.set(bin, weight);
  }

  add(value: number): void {
    this.#addWeight(binOf(value), 1);
  }

  /** Everything in it is so many steps older. */
  age(steps: number): void {
    const factor = 0.5 ** (steps / this.#halfLife);
    for (const [bin, weight] of this.#weights) {
      if (weight * factor < minWeight) this.#weights.delete(bin);
      else this.#weights.set(bin, weight * factor);
    }
  }

  /** So many steps pass, each with a value of 0. */
  addZeros(steps: number): void {
    this.age(steps);
    const factor = 0.5 ** (1 / this.#halfLife);
    this.#addWeight(0, (1 - factor ** steps) / (1 - factor));
  }

  /** What all its values weigh: their number, where none is old. */
  get weight(): number {
    let sum = 0;
    for (const weight of this.#weights.values()) sum += weight;
    return sum;
  }

  /** The largest value; 0 where there is none. */
  get largest(): number {
    let bin = 0;
    for (const each of this.#weights.keys()) bin = Math.max(bin, each);
    return countOf(bin);
  }

  /** The value that this share of the weight does not exceed; 0 where there is none. */
  quantile(share: number): number {
    return quantile(
      [...this.#weights].map(([bin, weight]) => [countOf(bin), weight]),
      share,
    );
  }

  get median(): number {
    return this.quantile(0.5);
  }

  /** Median of the distances from the median. */
  get deviation(): number {
    const { median } = this;
    return quantile(
      [...this.#weights].map(([bin, weight]) => [Math.abs(countOf(bin) - median), weight]),
      0.5,
    );
  }

  /** Takes in the other: values of both, as one distribution. */
  join(other: Histogram): void {
    for (const [bin, weight] of other.#weights) this.#addWeight(bin, weight);
  }

  /** The distribution of the sums of one value of each, where neither tells of the other. */
  plus(other: Histogram): Histogram {
    const sum = new Histogram(this.#halfLife);
    const weight = Math.max(this.weight, other.weight);
    const scale = weight / Math.max(1e-9, this.weight * other.weight);
    if (this.#weights.size === 0 || other.#weights.size === 0)
      sum.join(this.#weights.size === 0 ? other : this);
    else
      for (const [a, weightA] of this.#weights)
        for (const [b, weightB] of other.#weights)
          sum.#addWeight(binOf(countOf(a) + countOf(b)), weightA * weightB * scale);
    return sum;
  }

  /** Ordered by bin, weights to three decimals. */
  list(): BinWeights {
    return [...this.#weights]
      .map(([bin, weight]): [number, number] => [bin, Math.round(weight * 1000) / 1000])
      .sort(([a], [b]) => a - b);
  }

  get size(): number {
    return this.#weights.size;
  }

  #addWeight(bin: number, weight: number): void {
    this.#weights.set(bin, (this.#weights.get(bin) ?? 0) + weight);
  }
}

function quantile(values: [value: number, weight: number][], share: number): number {
  values.sort(([a], [b]) => a - b);
  let left = values.reduce((sum, [, weight]) => sum + weight, 0) * share;
  for (const [value, weight] of values) {
    left -= weight;
    if (left <= 1e-9) return value;
  }
  return values.at(-1)?.[0] ?? 0;
}
