import type { BusRecord, Effect, StageResult, StageTask } from './port.ts';

/** One task from its takeover to its end: what it was given, what of that is covered, and its effects in flight. */
export class TaskLife<Outcome> {
  readonly task: StageTask<Outcome>;
  /** Where it began. */
  readonly position: number;
  /** The committed offset. */
  committed: number;
  /** The offset of the last record that it has handled, -1 before the first. */
  lastGiven = -1;
  isPaused = false;
  /** Portions of a batch that have been fetched and not given yet. */
  portions: (readonly BusRecord[])[] = [];
  /** What effects have led to, not given back yet. */
  readonly outcomes: { readonly outcome: Outcome }[] = [];
  /** How many effects are in flight. */
  running = 0;
  /** Set where an effect has rejected, which it must not. */
  failure: { readonly error: unknown } | undefined;
  readonly #wake: () => void;
  readonly #ended = new AbortController();

  constructor(task: StageTask<Outcome>, position: number, committed: number, wake: () => void) {
    this.task = task;
    this.position = position;
    this.committed = committed;
    this.#wake = wake;
  }

  /** Whether everything given is covered by what is committed, so that nothing is lost with the task. */
  get isCovered(): boolean {
    return this.lastGiven < this.committed;
  }

  /** Takes note of an input that was handled and whose result is committed, and starts its effects. */
  accept(records: readonly BusRecord[], result: StageResult<Outcome>, startEffects: boolean): void {
    this.lastGiven = records.at(-1)?.offset ?? this.lastGiven;
    this.isPaused = result.paused ?? this.isPaused;
    if (!startEffects) return;
    for (const effect of result.effects ?? []) void this.#start(effect);
  }

  /** Aborts the effects; their outcomes are dropped. */
  end(): void {
    this.#ended.abort();
  }

  async #start(effect: Effect<Outcome>): Promise<void> {
    this.running += 1;
    try {
      const outcome = await effect(this.#ended.signal);
      if (!this.#ended.signal.aborted) this.outcomes.push({ outcome });
    } catch (error) {
      this.failure ??= { error };
    } finally {
      this.running -= 1;
      this.#wake();
    }
  }
}
