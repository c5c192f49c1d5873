import { Refusal } from './protocol.ts';

/** Lets a few requests run at once, some wait, and refuses the rest, as Ollama's scheduler does (OLLAMA_NUM_PARALLEL, OLLAMA_MAX_QUEUE). */
export class RequestQueue {
  readonly #parallel: number;
  readonly #maxWaiting: number;
  #running = 0;
  #mostRunning = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(parallel: number, maxWaiting: number) {
    this.#parallel = parallel;
    this.#maxWaiting = maxWaiting;
  }

  get running(): number {
    return this.#running;
  }

  get mostRunning(): number {
    return this.#mostRunning;
  }

  /** Waits for a turn; the returned function ends it. @throws Refusal 503 where too many wait already. */
  async enter(signal: AbortSignal): Promise<() => void> {
    if (this.#running >= this.#parallel) {
      if (this.#waiting.length >= this.#maxWaiting)
        throw new Refusal(503, 'server busy, please try again.  maximum pending requests exceeded');
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        signal.addEventListener('abort', () => this.#leaveQueue(resolve), { once: true });
      });
      if (signal.aborted) return () => {};
    }
    this.#running += 1;
    this.#mostRunning = Math.max(this.#mostRunning, this.#running);
    return () => {
      this.#running -= 1;
      this.#waiting.shift()?.();
    };
  }

  #leaveQueue(resolve: () => void): void {
    const index = this.#waiting.indexOf(resolve);
    if (index === -1) return;
    this.#waiting.splice(index, 1);
    resolve();
  }
}
