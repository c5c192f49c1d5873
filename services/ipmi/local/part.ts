/** Longer than this no part is waited for. */
const patienceMs = 8000;

/**
 * One part of what is read, kept from hanging: `df` waits for ever for a network file system whose server is gone. What is still under way
 * from the last time is waited for, never begun again.
 */
export class Part<T> {
  readonly #read: () => Promise<T>;
  #underWay: Promise<T | undefined> | undefined;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  /** Undefined where it failed or takes too long. Never rejects. */
  async read(): Promise<T | undefined> {
    this.#underWay ??= this.#begin();
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(resolve, patienceMs, undefined);
    try {
      return await Promise.race([this.#underWay, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #begin(): Promise<T | undefined> {
    try {
      return await this.#read();
    } catch {
      // A container may lack the file or the program: this part says nothing.
      return undefined;
    } finally {
      this.#underWay = undefined;
    }
  }
}
