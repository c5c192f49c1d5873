/**
 * The polls under way in this process, whichever task started them: at most one a server, even where a task was thrown away whose
 * polls are still ending.
 */
export class PollsUnderWay {
  readonly #polls = new Map<string, { readonly ended: Promise<void>; readonly end: AbortController }>();

  get size(): number {
    return this.#polls.size;
  }

  /** Runs the poll once an earlier one of the same server has ended. The signal is aborted by either of the given ones and by `end`. */
  async run<Result>(
    name: string,
    signal: AbortSignal,
    poll: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    for (let other = this.#polls.get(name); other !== undefined; other = this.#polls.get(name)) {
      other.end.abort();
      await other.ended;
    }
    const end = new AbortController();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.#polls.set(name, { ended, end });
    try {
      return await poll(AbortSignal.any([signal, end.signal]));
    } finally {
      this.#polls.delete(name);
      resolve();
    }
  }

  end(name: string): void {
    this.#polls.get(name)?.end.abort();
  }

  /** Ends all, and resolves when none is left. */
  async endAll(): Promise<void> {
    for (const { end } of this.#polls.values()) end.abort();
    await Promise.all([...this.#polls.values()].map(({ ended }) => ended));
  }
}
