import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { deadLetter } from '#shared/bus/dead-letter.ts';
import type {
  BusRecord,
  Effect,
  OutRecord,
  StageContext,
  StageDefinition,
  StageInput,
  StageResult,
  StageTask,
} from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { Finding, Incident } from '#shared/model/index.ts';
import { Breaker } from './breaker.ts';
import type { Circumstances } from './case.ts';
import { conclude, type Outcome } from './conclude.ts';
import { Desk } from './desk.ts';
import { type ReasonMetrics, reasonMetrics } from './metrics.ts';
import { ollamaModel } from './providers/ollama.ts';
import { readRunbook, shippedRunbooks } from './runbook.ts';

/** The consumer group of the stage, and the name that its dead letters carry. */
export const reasonGroup = 'reason';

/** Bound of the incidents that wait in memory, by a generous estimate. */
const defaultMaxBytes = 64 * 1024 * 1024;

export interface ReasonStageOptions {
  readonly config: Pick<Config, 'language' | 'ollama' | 'reasoning'>;
  readonly logger?: Logger;
  readonly metrics?: Registry;
  /** Folder of the runbooks that rules name. Default: those that come with logpatrol. */
  readonly runbooks?: string;
  /** Bound of the incidents that wait for the model, in bytes. */
  readonly maxBytes?: number;
}

/** What came of asking the model about an incident as it was at a material revision. */
export interface ReasonOutcome {
  readonly incidentId: string;
  readonly materialRevision: number;
  readonly outcome: Outcome;
}

/** What all partitions share: one model, its breaker, and how many calls may run at once. */
interface Reasoner {
  readonly breaker: Breaker;
  readonly concurrency: number;
  readonly holdMs: Circumstances['holdMs'];
  ask(incident: Incident, signal: AbortSignal): Promise<Outcome>;
}

/**
 * The stage that turns `incidents` into `findings`. Its work is what `incidents` has and `findings` has not, so it reads both
 * whole at each takeover and starts nothing before. Without a model a finding goes out at once; with one it is held a short
 * time for the answer, and a late answer is its next revision.
 */
export function reasonStage(options: ReasonStageOptions): StageDefinition<ReasonOutcome> {
  const metrics = options.metrics && reasonMetrics(options.metrics);
  const reasoner = reasonerOf(options, metrics);
  return {
    group: reasonGroup,
    input: topic.incidents,
    start: 'beginning',
    state: [topic.findings],
    task: (partition) => new ReasonTask(options, reasoner, metrics, partition),
  };
}

function reasonerOf(options: ReasonStageOptions, metrics: ReasonMetrics | undefined): Reasoner | undefined {
  const { language, ollama, reasoning } = options.config;
  if (ollama === undefined) return undefined;
  const model = ollamaModel(ollama);
  const limit = pLimit(reasoning.concurrency);
  const folder = options.runbooks ?? shippedRunbooks;
  return {
    breaker: new Breaker(),
    concurrency: reasoning.concurrency,
    holdMs: {
      critical: reasoning.holdSeconds.critical * 1000,
      warning: reasoning.holdSeconds.warning * 1000,
      info: reasoning.holdSeconds.info * 1000,
    },
    ask: (incident, signal) =>
      limit(async () => {
        const started = performance.now();
        const runbook = (name: string) => readRunbook(folder, name);
        const outcome = await conclude(incident, { model, language, runbook }, signal);
        metrics?.asked(outcome, performance.now() - started);
        return outcome;
      }),
  };
}

class ReasonTask implements StageTask<ReasonOutcome> {
  readonly #options: ReasonStageOptions;
  readonly #reasoner: Reasoner | undefined;
  readonly #metrics: ReasonMetrics | undefined;
  readonly #partition: number;
  readonly #desk: Desk;

  constructor(
    options: ReasonStageOptions,
    reasoner: Reasoner | undefined,
    metrics: ReasonMetrics | undefined,
    partition: number,
  ) {
    this.#options = options;
    this.#reasoner = reasoner;
    this.#metrics = metrics;
    this.#partition = partition;
    this.#desk = new Desk(options.maxBytes ?? defaultMaxBytes);
  }

  restore(record: BusRecord): void {
    if (record.value === null) {
      if (record.key !== null) this.#desk.restoreEnd(record.key.toString('utf8'));
      return;
    }
    const read = readValue(Finding, record.value);
    if (read.ok) this.#desk.restore(read.value);
    // Falls open: the incident is told again from revision 1, which the store takes for an older one, rather than not at all.
    else this.#options.logger?.error({ offset: record.offset }, `unreadable finding: ${read.reason}`);
  }

  handle(input: StageInput<ReasonOutcome>, { now }: StageContext): StageResult<ReasonOutcome> {
    const dead: OutRecord[] = [];
    let covers: number | undefined;
    switch (input.kind) {
      case 'batch': {
        for (const record of input.records) {
          const reason = this.#take(record, now);
          if (reason !== undefined) dead.push(deadLetter(record, reasonGroup, reason, now));
          covers = record.offset + 1;
        }
        if (input.caughtUp && !this.#desk.isOpen) this.#desk.open(this.#at(now));
        break;
      }
      case 'tick':
        if (input.caughtUp && !this.#desk.isOpen) this.#desk.open(this.#at(now));
        this.#metrics?.waiting(this.#partition, this.#desk.waiting, this.#desk.bytes);
        break;
      case 'effect':
        this.#settle(input.outcome, now);
        break;
    }
    // Until all is read, what looks new may have been told long ago or be over.
    if (!this.#desk.isOpen) return { records: dead };
    const records = [...dead, ...this.#round(now)];
    return {
      records,
      effects: this.#ask(now),
      paused: this.#desk.isFull,
      ...(covers !== undefined && { covers }),
    };
  }

  /** Why the record cannot be handled, where it cannot. */
  #take(record: BusRecord, now: number): string | undefined {
    if (record.value === null) {
      if (record.key !== null) this.#desk.end(record.key.toString('utf8'), record.timestamp, now);
      return undefined;
    }
    const read = readValue(Incident, record.value);
    if (!read.ok) return read.reason;
    if (read.value.state === 'pending') return undefined;
    // A string in memory has up to two bytes a character, and every field some overhead.
    this.#desk.take(read.value, 2 * record.value.length + 1024, this.#at(now));
    return undefined;
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

  #ask(now: number): Effect<ReasonOutcome>[] {
    const reasoner = this.#reasoner;
    if (reasoner === undefined) return [];
    const effects: Effect<ReasonOutcome>[] = [];
    while (this.#desk.running < reasoner.concurrency) {
      const next = this.#desk.next();
      if (next === undefined || !reasoner.breaker.allows(now)) break;
      next.start();
      const { id: incidentId, incident } = next;
      const { materialRevision } = incident;
      effects.push(async (signal) => ({
        incidentId,
        materialRevision,
        outcome: await reasoner.ask(incident, signal),
      }));
    }
    return effects;
  }

  #settle({ incidentId, materialRevision, outcome }: ReasonOutcome, now: number): void {
    const breaker = this.#reasoner?.breaker;
    if (outcome.kind === 'absent' || outcome.kind === 'failed') breaker?.failed(now);
    else breaker?.succeeded();
    if (outcome.kind !== 'concluded')
      this.#options.logger?.warn({ incident: incidentId, outcome: outcome.kind }, `model: ${outcome.reason}`);
    const at = this.#at(now);
    this.#desk.settle(incidentId, (one) => {
      if (outcome.kind === 'concluded') one.conclude(outcome.conclusion, materialRevision, at);
      else one.fail(outcome.kind, materialRevision, at);
    });
  }

  #at(now: number): Circumstances {
    return {
      now,
      language: this.#options.config.language,
      hasModel: this.#reasoner !== undefined,
      isModelAway: this.#reasoner?.breaker.isOpen ?? true,
      holdMs: this.#reasoner?.holdMs ?? { critical: 0, warning: 0, info: 0 },
    };
  }
}
