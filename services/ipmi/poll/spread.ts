const conjugateGoldenRatio = (Math.sqrt(5) - 1) / 2;

/**
 * Numbers from 0 to 1 that are spread evenly however many are taken: multiples of the golden ratio, modulo 1 (Weyl's additive recurrence,
 * of which the golden ratio has the lowest discrepancy: Knuth, The Art of Computer Programming 3, section 6.4).
 */
export class Spread {
  #at = 0;

  next(): number {
    const at = this.#at;
    this.#at = (at + conjugateGoldenRatio) % 1;
    return at;
  }
}
