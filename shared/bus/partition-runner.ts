import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import type { PartitionRunnerOptions } from './partition-port.ts';
import type { BusRecord, StageInput, StageResult } from './port.ts';
import { Quarantine } from './quarantine.ts';
import { StageCommits } from './stage-commits.ts';
import { TaskLife } from './task-life.ts';

const tickMs = 1000;
const defaultMaxBatchBytes = 1024 * 1024;
const firstRetryMs = 50;
const longestRetryMs = 5000;

let turns: Promise<void> = Promise.resolve();

/**
 * Resolves in a later round of the event loop than it did for anyone before: stages that never wait, on however many
 * partitions, keep timers and sockets from their turn for one call at most.
 */
function nextTurn(): Promise<void> {
  turns = turns.then(() => setImmediate());
  return turns;
}

/** What a call of the stage led to. `again`: the task is void, take over anew. `anew`: a new task will do. */
type Step = 'on' | 'again' | 'anew' | 'fenced';

/**
 * Drives one stage on one partition for as long as this member owns it: gives the task its inputs one at a time, hands
 * what it answers to the adapter to commit, starts its effects, makes a new task after a failure, and isolates poison.
 * The same for every adapter, so that delivery is right in one place.
 *
 * What the stage throws decides what follows (the table in shared/errors): an error to be retried (`unreachable`,
 * `no-space`) brings the same input again after a pause, one to stop at ends the member, any other isolates the batch's
 * records. A transaction that fails is tried again, unless for `poison`.
 */
export class PartitionRunner<Outcome> {
  /** `stopped` by `stop`, or `fenced`: the partition must be given up. Rejects with an error that ends the member. */
  readonly ended: Promise<'stopped' | 'fenced'>;
  readonly #options: PartitionRunnerOptions<Outcome>;
  readonly #quarantine = new Quarantine();
  /** Aborted when `stop` is called. */
  readonly #stopping = new AbortController();
  /** Aborted when the time to finish is over as well. */
  readonly #abandoned = new AbortController();
  readonly #commits: StageCommits<Outcome>;
  #life: TaskLife<Outcome> | undefined;
  #nextTick = 0;
  #failures = 0;
  #wakeUp: () => void = () => {};

  constructor(options: PartitionRunnerOptions<Outcome>) {
    this.#options = options;
    this.#commits = new StageCommits(options, this.#quarantine, this.#abandoned.signal);
    const abandoned = new Promise<'stopped'>((resolve) => {
      this.#abandoned.signal.addEventListener('abort', () => resolve('stopped'), { once: true });
    });
    this.ended = Promise.race([this.#run(), abandoned]);
    this.ended.catch(() => {}); // seen by whoever awaits it; that nobody does yet must not end the process
  }

  /** Whether the partition has been taken over and is worked on. */
  get isActive(): boolean {
    return this.#life !== undefined && !this.#stopping.signal.aborted;
  }

  /** To be called when `poll` may have something new. */
  wake(): void {
    this.#wakeUp();
  }

  /**
   * Gives no more batches or ticks, and waits up to `graceMs` for the call and the effects in flight, whose results are
   * still committed; then abandons them. 0 where the partition is lost already. Never rejects.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    if (graceMs === 0) this.#abandon();
    this.wake();
    const timer = setTimeout(() => this.#abandon(), graceMs);
    await this.ended.catch(() => {}); // told by `ended`
    clearTimeout(timer);
    this.#abandon();
  }

  #abandon(): void {
    this.#abandoned.abort();
    this.#endLife();
    this.wake();
  }

  #endLife(): void {
    this.#life?.end();
    this.#life = undefined;
  }

  async #run(): Promise<'stopped' | 'fenced'> {
    try {
      while (!this.#stopping.signal.aborted) {
        const life = await this.#takeOver();
        if (life === 'fenced' || (life && (await this.#live(life)) === 'fenced')) return 'fenced';
        this.#endLife();
        await this.#pauseAfterFailure();
      }
      return 'stopped';
    } finally {
      this.#endLife();
    }
  }

  /** A new task, restored; undefined where that failed and was told. */
  async #takeOver(): Promise<TaskLife<Outcome> | 'fenced' | undefined> {
    const { stage, partition, port, observer } = this.#options;
    const started = performance.now();
    try {
      const task = stage.task(partition);
      let stateRecords = 0;
      const { position, committed } = await port.takeOver((record) => {
        stateRecords += 1;
        task.restore?.(record);
      }, this.#stopping.signal);
      const durationMs = performance.now() - started;
      observer?.takeover?.({ group: stage.group, partition, durationMs, stateRecords });
      return new TaskLife(task, position, committed, () => this.wake());
    } catch (error) {
      if (this.#stopping.signal.aborted) return undefined;
      if (error instanceof LogpatrolError && error.kind === 'fenced') return 'fenced';
      this.#fail(error);
      return undefined;
    }
  }

  /** Gives inputs until the task is void (`again`), or the runner is stopped or fenced. */
  async #live(first: TaskLife<Outcome>): Promise<'again' | 'fenced'> {
    const { stage, partition } = this.#options;
    let life = first;
    this.#life = life;
    for (;;) {
      const input = await this.#nextInput(life);
      if (input === undefined) return 'again';
      const step = await this.#step(life, input);
      if (step === 'again' || step === 'fenced') return step;
      if (step === 'anew') {
        life.end();
        const next = new TaskLife<Outcome>(stage.task(partition), life.position, life.committed, () =>
          this.wake(),
        );
        next.portions = life.portions;
        life = next;
        this.#life = life;
      }
      await nextTurn();
    }
  }

  /** The next thing to give to the task; undefined where there will be none. */
  async #nextInput(life: TaskLife<Outcome>): Promise<StageInput<Outcome> | undefined> {
    for (;;) {
      if (this.#abandoned.signal.aborted) return undefined;
      if (life.failure) {
        if (!this.#stopping.signal.aborted) this.#fail(life.failure.error);
        return undefined;
      }
      const now = performance.now();
      const isStopping = this.#stopping.signal.aborted;
      if (!isStopping && now >= this.#nextTick) {
        this.#nextTick = now + tickMs;
        return { kind: 'tick', caughtUp: this.#isCaughtUp(life) };
      }
      const done = life.outcomes.shift();
      if (done) return { kind: 'effect', outcome: done.outcome };
      if (isStopping && life.running === 0) return undefined;
      if (!isStopping && !life.isPaused) {
        const records = this.#nextPortion(life);
        if (records) return { kind: 'batch', records, caughtUp: this.#isCaughtUp(life) };
      }
      await this.#sleep(this.#nextTick - now);
    }
  }

  #isCaughtUp(life: TaskLife<Outcome>): boolean {
    return life.portions.length === 0 && this.#options.port.lag() === 0;
  }

  #nextPortion(life: TaskLife<Outcome>): readonly BusRecord[] | undefined {
    const { stage, port } = this.#options;
    if (life.portions.length === 0) {
      life.portions = this.#quarantine.portions(port.poll(stage.maxBatchBytes ?? defaultMaxBatchBytes));
    }
    return life.portions.shift();
  }

  /** Gives one input and commits what the stage answers. */
  async #step(life: TaskLife<Outcome>, input: StageInput<Outcome>): Promise<Step> {
    const records = input.kind === 'batch' ? input.records : [];
    const started = performance.now();
    let result: StageResult<Outcome>;
    try {
      result = await life.task.handle(input, { now: this.#options.clock(), signal: this.#stopping.signal });
      const given = Math.max((records.at(-1)?.offset ?? life.lastGiven) + 1, life.position);
      if ((result.covers ?? 0) > given) {
        throw new Error(
          `stage ${this.#options.stage.group} covers ${result.covers}, but was given up to ${given}`,
        );
      }
    } catch (error) {
      if (this.#stopping.signal.aborted) return 'again';
      if (error instanceof LogpatrolError && error.action !== 'dead-letter') return this.#fail(error);
      return this.#isolate(life, records, error);
    }
    if (this.#abandoned.signal.aborted) return 'again';
    const outcome = await this.#commits.publish(life, result);
    if (outcome.kind === 'fenced') return 'fenced';
    if (outcome.kind === 'failed') {
      const { error } = outcome;
      const isPoison = error instanceof LogpatrolError && error.action === 'dead-letter';
      return isPoison ? this.#isolate(life, records, error) : this.#fail(error);
    }
    this.#failures = 0;
    life.accept(records, result, !this.#stopping.signal.aborted);
    const last = records.at(-1);
    if (last) {
      this.#quarantine.passed(last.offset);
      this.#observeBatch(records, performance.now() - started);
    }
    return 'on';
  }

  /** The records on which the stage threw are given again one by one; the one that was alone is condemned. */
  async #isolate(life: TaskLife<Outcome>, records: readonly BusRecord[], error: unknown): Promise<Step> {
    const [first] = records;
    const last = records.at(-1);
    if (first === undefined || last === undefined) return this.#fail(error); // a tick or an effect: nothing to blame
    this.#trouble(error);
    if (records.length > 1 || !this.#quarantine.isSuspect(first.offset)) {
      this.#quarantine.suspect(first.offset, last.offset);
    } else {
      const outcome = await this.#commits.condemn(life, {
        record: first,
        reason: messageOf(error),
        after: life.lastGiven,
      });
      if (outcome.kind === 'fenced') return 'fenced';
      if (outcome.kind === 'failed') return this.#fail(outcome.error);
      records = [];
    }
    const { stage } = this.#options;
    const isNothingLost = stage.state.length === 0 && stage.start === 'committed' && life.isCovered;
    if (!isNothingLost) return 'again';
    life.portions.unshift(...this.#quarantine.portions(records)); // no need to read anything again
    return 'anew';
  }

  /** Takes note of a failure after which to take over again. @throws what ends the member */
  #fail(error: unknown): 'again' {
    this.#trouble(error);
    if (error instanceof LogpatrolError && error.action === 'stop') throw error;
    this.#failures += 1;
    return 'again';
  }

  #trouble(thrown: unknown): void {
    const { stage, observer } = this.#options;
    const error = thrown instanceof Error ? thrown : new Error(messageOf(thrown));
    observer?.trouble?.({ group: stage.group, error });
  }

  #observeBatch(records: readonly BusRecord[], durationMs: number): void {
    const { stage, partition, port, observer } = this.#options;
    if (!observer?.batch) return;
    let bytes = 0;
    for (const record of records) bytes += record.value?.length ?? 0;
    const { group, input: topic } = stage;
    const lag = port.lag();
    observer.batch({ group, topic, partition, records: records.length, bytes, lag, durationMs });
  }

  async #pauseAfterFailure(): Promise<void> {
    if (this.#failures === 0) return;
    const ms = Math.min(firstRetryMs * 2 ** (this.#failures - 1), longestRetryMs);
    await delay(ms, undefined, { signal: this.#stopping.signal }).catch(() => {}); // stopped: the loop sees it
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(ms, 0));
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
