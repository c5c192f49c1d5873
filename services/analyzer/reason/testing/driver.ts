import type {
  BusRecord,
  Effect,
  OutRecord,
  StageDefinition,
  StageInput,
  StageTask,
} from '#shared/bus/port.ts';
import { Finding, type Incident } from '#shared/model/index.ts';
import { sampleTime } from '#test/samples/hit.ts';
import type { ReasonOutcome } from '../questions.ts';
import { type ReasonStageOptions, reasonStage } from '../stage.ts';

/** Drives one task as the bus does: keeps what it publishes, starts its effects, and gives their outcomes back. */
export class Driver {
  now = sampleTime;
  paused = false;
  covers: number | undefined;
  /** Every finding published, oldest first, and the ids whose findings ended. */
  readonly findings: Finding[] = [];
  readonly ended: string[] = [];
  readonly dead: OutRecord[] = [];
  readonly log: BusRecord[] = [];
  #task: StageTask<ReasonOutcome>;
  #offset = 0;
  #running: Promise<void>[] = [];
  #outcomes: ReasonOutcome[] = [];
  #life = new AbortController();
  readonly #stage: StageDefinition<ReasonOutcome>;

  readonly #partition: number;

  constructor(options: ReasonStageOptions | StageDefinition<ReasonOutcome>, partition = 0) {
    this.#stage = 'task' in options ? options : reasonStage(options);
    this.#partition = partition;
    this.#task = this.#stage.task(partition);
  }

  /** Another partition of the same stage, in the same process. */
  another(partition: number): Driver {
    return new Driver(this.#stage, partition);
  }

  /** A new owner: what was under way is lost, `findings` is read whole. */
  takeOver(): void {
    this.#life.abort();
    this.#life = new AbortController();
    this.#outcomes = [];
    this.#running = [];
    this.#task = this.#stage.task(this.#partition);
    for (const record of this.log) this.#task.restore?.(record);
  }

  batch(incidents: readonly (Incident | string)[], caughtUp = true): Promise<void> {
    const records = incidents.map((incident) =>
      typeof incident === 'string'
        ? this.record('incidents', incident, null)
        : this.record('incidents', incident.id, JSON.stringify(incident)),
    );
    return this.give({ kind: 'batch', records, caughtUp });
  }

  tick(afterMs = 0, caughtUp = true): Promise<void> {
    this.now += afterMs;
    return this.give({ kind: 'tick', caughtUp });
  }

  /** Has the model prepared and everything read, before anything comes. */
  async ready(): Promise<this> {
    await this.tick();
    await this.settle();
    return this;
  }

  /** Waits for one of the effects under way, and gives its outcome back. */
  async settleOne(): Promise<void> {
    while (this.#outcomes.length === 0 && this.#running.length > 0) await Promise.race(this.#running);
    const outcome = this.#outcomes.shift();
    if (outcome !== undefined) await this.give({ kind: 'effect', outcome });
  }

  /** Waits for the effects under way and gives their outcomes back, until there is nothing under way. */
  async settle(): Promise<void> {
    while (this.#running.length > 0 || this.#outcomes.length > 0) {
      await Promise.all(this.#running);
      for (const outcome of this.#outcomes.splice(0)) await this.give({ kind: 'effect', outcome });
    }
  }

  record(topic: string, key: string, value: string | null): BusRecord {
    const offset = this.#offset++;
    return {
      topic,
      partition: 0,
      offset,
      key: Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      headers: {},
      timestamp: this.now,
    };
  }

  async give(input: StageInput<ReasonOutcome>): Promise<void> {
    const result = await this.#task.handle(input, { now: this.now, signal: this.#life.signal });
    this.paused = result.paused ?? this.paused;
    this.covers = result.covers ?? this.covers;
    for (const record of result.records) {
      if (record.topic !== 'findings') this.dead.push(record);
      else {
        this.log.push(
          this.record('findings', record.key ?? '', record.value === null ? null : String(record.value)),
        );
        if (record.value === null) this.ended.push(record.key ?? '');
        else this.findings.push(Finding.parse(JSON.parse(String(record.value))));
      }
    }
    for (const effect of result.effects ?? []) {
      const running = this.#start(effect, this.#life.signal).finally(() => {
        this.#running = this.#running.filter((one) => one !== running);
      });
      this.#running.push(running);
    }
  }

  async #start(effect: Effect<ReasonOutcome>, life: AbortSignal): Promise<void> {
    const outcome = await effect(life);
    if (!life.aborted) this.#outcomes.push(outcome);
  }

  /** What was published since the last call. */
  take(): Finding[] {
    return this.findings.splice(0);
  }
}
