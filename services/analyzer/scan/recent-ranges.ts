/** The last few ranges of bytes in a window, in a ring, for one is added with every line of a log. */
export class RecentRanges {
  readonly #starts: number[];
  readonly #ends: number[];
  /** Where the oldest is, and how many there are. */
  #first = 0;
  #count = 0;

  /** @param most how many are kept */
  constructor(most: number) {
    this.#starts = Array.from({ length: most }, () => 0);
    this.#ends = Array.from({ length: most }, () => 0);
  }

  /** Start of the oldest; `undefined` where there is none. */
  get start(): number | undefined {
    return this.#count === 0 ? undefined : this.#starts[this.#first];
  }

  add(start: number, end: number): void {
    const most = this.#starts.length;
    if (most === 0) return;
    if (this.#count === most) this.dropOldest();
    const at = this.#first + this.#count;
    const index = at < most ? at : at - most;
    this.#starts[index] = start;
    this.#ends[index] = end;
    this.#count += 1;
  }

  dropOldest(): void {
    this.#first = this.#first + 1 === this.#starts.length ? 0 : this.#first + 1;
    this.#count -= 1;
  }

  /** The window has lost so many bytes at its front. */
  shift(bytes: number): void {
    for (let index = 0; index < this.#starts.length; index += 1) {
      this.#starts[index] = (this.#starts[index] ?? 0) - bytes;
      this.#ends[index] = (this.#ends[index] ?? 0) - bytes;
    }
  }

  /** Their text, oldest first. */
  texts(bytes: Buffer): string[] {
    return Array.from({ length: this.#count }, (_, number) => {
      const index = (this.#first + number) % this.#starts.length;
      return bytes.toString('utf8', this.#starts[index], this.#ends[index]);
    });
  }
}
