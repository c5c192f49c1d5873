/** A number for each of the last so many equal parts of time; NaN where there is none. Moments are milliseconds since the epoch. */
export class Slots {
  readonly slotMs: number;
  readonly #values: Float32Array;
  /** Number of the newest slot since the epoch; undefined while there is none. */
  #newest: number | undefined;

  constructor(slotMs: number, length: number) {
    this.slotMs = slotMs;
    this.#values = new Float32Array(length).fill(Number.NaN);
  }

  get length(): number {
    return this.#values.length;
  }

  /** Start of the newest slot that has been put. */
  get newestAt(): number | undefined {
    return this.#newest === undefined ? undefined : this.#newest * this.slotMs;
  }

  /** Later slots push out the oldest; what is older than all of them is passed over. @param at within the slot */
  put(at: number, value: number): void {
    const slot = Math.floor(at / this.slotMs);
    const newest = this.#newest ?? slot - this.length;
    if (slot <= newest - this.length) return;
    const gap = Math.min(slot - newest, this.length);
    for (let step = 1; step <= gap; step++) this.#values[this.#index(newest + step)] = Number.NaN;
    if (slot > newest && gap === this.length) this.#values.fill(Number.NaN);
    this.#newest = Math.max(slot, newest);
    this.#values[this.#index(slot)] = value;
  }

  /** NaN where nothing is known. @param at within the slot */
  valueAt(at: number): number {
    const slot = Math.floor(at / this.slotMs);
    if (this.#newest === undefined || slot > this.#newest || slot <= this.#newest - this.length)
      return Number.NaN;
    return this.#values[this.#index(slot)] ?? Number.NaN;
  }

  /** What is known of the slots that start within [from, to), the oldest first. */
  between(from: number, to: number): { at: number; value: number }[] {
    const found: { at: number; value: number }[] = [];
    if (this.#newest === undefined) return found;
    const first = Math.max(Math.ceil(from / this.slotMs), this.#newest - this.length + 1);
    for (let slot = first; slot <= this.#newest && slot * this.slotMs < to; slot++) {
      const value = this.#values[this.#index(slot)] ?? Number.NaN;
      if (!Number.isNaN(value)) found.push({ at: slot * this.slotMs, value });
    }
    return found;
  }

  /** What `restore` takes: the oldest first, little-endian 32-bit floats in base64. */
  snapshot(): { newest: number; values: string } | undefined {
    if (this.#newest === undefined) return undefined;
    const bytes = Buffer.alloc(4 * this.length);
    const oldest = this.#newest - this.length + 1;
    let start = this.length;
    for (let index = 0; index < this.length; index++) {
      const value = this.#values[this.#index(oldest + index)] ?? Number.NaN;
      if (!Number.isNaN(value)) start = Math.min(start, index);
      bytes.writeFloatLE(value, 4 * index);
    }
    // A young history is short.
    return { newest: this.#newest, values: bytes.subarray(4 * start).toString('base64') };
  }

  restore({ newest, values }: { newest: number; values: string }): void {
    const bytes = Buffer.from(values, 'base64');
    const count = Math.min(this.length, Math.floor(bytes.length / 4));
    this.#newest = newest;
    this.#values.fill(Number.NaN);
    for (let back = 0; back < count; back++)
      this.#values[this.#index(newest - back)] = bytes.readFloatLE(
        4 * (Math.floor(bytes.length / 4) - 1 - back),
      );
  }

  #index(slot: number): number {
    return ((slot % this.length) + this.length) % this.length;
  }
}
