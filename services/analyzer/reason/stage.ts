import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { deadLetter } from '#shared/bus/dead-letter.ts';
import type {
  BusRecord,
  OutRecord,
  StageContext,
  StageDefinition,
  StageInput,
  StageResult,
  StageTask,
} from '#shared/bus/port.ts';
import { type Read, readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import type { ControlBoard } from '#shared/controls/index.ts';
import { Finding, Incident } from '#shared/model/index.ts';
import { Beside } from './beside.ts';
import type { Circumstances } from './case.ts';
import { type ContextSources, noSources } from './context.ts';
import { Desk } from './desk.ts';
import { type ReasonMetrics, reasonMetrics } from './metrics.ts';
import { Questions, type ReasonOutcome } from './questions.ts';
import { openReasoner, type Reasoner } from './reasoner.ts';

/** The consumer group of the stage, and the name that its dead letters carry. */
export const reasonGroup = 'reason';

/** Bound of the incidents that wait in memory, by a generous estimate. */
const defaultMaxBytes = 64 * 1024 * 1024;

export interface ReasonStageOptions {
  readonly config: Pick<Config, 'language' | 'masking' | 'ollama' | 'openai' | 'reasoning'>;
  readonly logger?: Logger;
  readonly metrics?: Registry;
  /** What is told of an incident besides itself. Default: nothing. */
  readonly sources?: ContextSources;
  /** What people said of incidents: feedback voids what the model said before. */
  readonly controls?: Pick<ControlBoard, 'all'>;
  /** Bound of the incidents that wait for the model, in bytes. */
  readonly maxBytes?: number;
}

const noControls: ReturnType<ControlBoard['all']> = [];

/**
 * The stage that turns `incidents` into `findings`. Its work is what `incidents` has and `findings` has not, so it reads both
 * whole at each takeover and starts nothing before. Without a model a finding goes out at once; with one it is held a short
 * time for the answer, and a late answer is its next revision.
 */
export function reasonStage(options: ReasonStageOptions): StageDefinition<ReasonOutcome> {
  const { config, logger, sources = noSources } = options;
  const metrics = options.metrics && reasonMetrics(options.metrics);
  const warn = (message: string) => logger?.warn(message);
  const reasoner = openReasoner({ config, sources, metrics, warn });
  return {
    group: reasonGroup,
    input: topic.incidents,
    start: 'beginning',
    state: [topic.findings],
    task: (partition) => new ReasonTask({ ...options, sources }, reasoner, metrics, partition),
  };
}

class ReasonTask implements StageTask<ReasonOutcome> {
  readonly #options: ReasonStageOptions & { readonly sources: ContextSources };
  readonly #reasoner: Reasoner | undefined;
  readonly #metrics: ReasonMetrics | undefined;
  readonly #partition: number;
  readonly #desk: Desk;
  readonly #beside: Beside;
  readonly #questions: Questions | undefined;

  constructor(
    options: ReasonStageOptions & { readonly sources: ContextSources },
    reasoner: Reasoner | undefined,
    metrics: ReasonMetrics | undefined,
    partition: number,
  ) {
    this.#options = options;
    this.#reasoner = reasoner;
    this.#metrics = metrics;
    this.#partition = partition;
    this.#desk = new Desk(options.maxBytes ?? defaultMaxBytes);
    const takenOver = () => metrics?.takenOver();
    this.#beside = new Beside(options.config, options.sources, reasoner?.model, takenOver);
    const { logger } = options;
    const [desk, beside] = [this.#desk, this.#beside];
    this.#questions = reasoner && new Questions({ partition, desk, beside, reasoner, metrics, logger });
  }

  restore(record: BusRecord): void {
    if (record.value === null) {
      if (record.key !== null) this.#desk.restoreEnd(record.key.toString('utf8'));
      return;
    }
    const read = readValue(Finding, record.value);
    // Falls open: the incident is told again from revision 1, which the store takes for an older one, rather than not at all.
    if (!read.ok) {
      this.#options.logger?.error({ offset: record.offset }, `unreadable finding: ${read.reason}`);
      return;
    }
    this.#desk.restore(read.value);
    this.#beside.restore(read.value);
  }

  handle(
    input: StageInput<ReasonOutcome>,
    { now, signal: stopping }: StageContext,
  ): StageResult<ReasonOutcome> | Promise<StageResult<ReasonOutcome>> {
    this.#beside.heed(this.#options.controls?.all() ?? noControls);
    const dead: OutRecord[] = [];
    let covers: number | undefined;
    let isAboutMachine = false;
    switch (input.kind) {
      case 'batch': {
        for (const record of input.records) {
          const taken = this.#take(record, now);
          if (!taken.ok) dead.push(deadLetter(record, reasonGroup, taken.reason, now));
          else isAboutMachine ||= taken.value?.labels?.component !== undefined;
          covers = record.offset + 1;
        }
        if (input.caughtUp && !this.#desk.isOpen) this.#desk.open(this.#at(now));
        break;
      }
      case 'tick':
        if (input.caughtUp && !this.#desk.isOpen) this.#desk.open(this.#at(now));
        this.#measure(now);
        break;
      case 'effect':
        this.#questions?.settle(input.outcome, this.#at(now));
        break;
    }
    const tell = () => this.#tell(dead, covers, now, stopping);
    // The reading that it comes from was published just now: its card is to show that one.
    return isAboutMachine && this.#desk.isOpen ? this.#options.sources.refresh(stopping).then(tell) : tell();
  }

  #tell(
    dead: OutRecord[],
    covers: number | undefined,
    now: number,
    stopping: AbortSignal,
  ): StageResult<ReasonOutcome> {
    const effects = this.#questions?.prepare(now, stopping) ?? [];
    // Until all is read, what looks new may have been told long ago or be over.
    if (!this.#desk.isOpen) return { records: dead, effects };
    effects.push(...(this.#questions?.ask(this.#at(now)) ?? []));
    return {
      records: [...dead, ...this.#round(now)],
      effects,
      paused: this.#desk.isFull,
      ...(covers !== undefined && { covers }),
    };
  }

  /** The incident that there is something to tell of, or why the record cannot be handled. */
  #take(record: BusRecord, now: number): Read<Incident | undefined> {
    if (record.value === null) {
      const id = record.key?.toString('utf8');
      if (id === undefined) return { ok: true, value: undefined };
      this.#beside.end(id);
      this.#desk.end(id, record.timestamp, now);
      return { ok: true, value: undefined };
    }
    const read = readValue(Incident, record.value);
    if (!read.ok) return read;
    this.#beside.take(read.value);
    if (read.value.state === 'pending') return { ok: true, value: undefined };
    // A string in memory has up to two bytes a character, and every field some overhead.
    this.#desk.take(read.value, 2 * record.value.length + 1024, this.#at(now));
    return read;
  }

  #round(now: number): OutRecord[] {
    const { findings, ended } = this.#desk.round(this.#at(now));
    for (const { finding } of findings) this.#metrics?.told(finding);
    const partition = this.#partition;
    return [
      ...findings.map(({ id, json }) => ({ topic: topic.findings, partition, key: id, value: json })),
      ...ended.map((id) => ({ topic: topic.findings, partition, key: id, value: null })),
    ];
  }

  #at(now: number): Circumstances {
    const { config } = this.#options;
    return {
      now,
      language: config.language,
      hasModel: this.#reasoner !== undefined,
      away: this.#reasoner?.readiness.away(now),
      holdMs: this.#reasoner?.holdMs ?? { critical: 0, warning: 0, info: 0 },
      recall: (incident) => this.#beside.recall(incident, now),
      known: (incident) => this.#beside.known(incident),
      hardwareOf: (incident) => this.#beside.hardwareOf(incident),
    };
  }

  #measure(now: number): void {
    this.#metrics?.waiting(this.#partition, {
      incidents: this.#desk.waiting,
      bytes: this.#desk.bytes,
      questions: this.#desk.questions(now),
    });
    this.#metrics?.away(this.#reasoner?.readiness.away(now) !== undefined);
  }
}
