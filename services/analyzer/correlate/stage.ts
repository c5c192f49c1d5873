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
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { type ActionSignal, type Clear, type Hit, Incident, Signal } from '#shared/model/index.ts';
import { Correlator } from './correlator.ts';
import type { HitSource, HitSourceKind } from './hit-source.ts';
import { type CorrelateMetrics, correlateMetrics } from './metrics.ts';
import type { Surroundings } from './surroundings.ts';

/** The consumer group of the stage, and the name that its dead letters carry. */
export const correlateGroup = 'correlate';

/** Between two transactions that carry nothing but counts. */
const publishEveryMs = 1000;

export interface CorrelateStageOptions extends Surroundings {
  readonly config: Pick<Config, 'incidents' | 'domains' | 'language'>;
  readonly logger?: Logger;
  readonly metrics?: Registry;
  /** What else makes hits, within the same transactions. */
  readonly sources?: readonly HitSourceKind[];
}

/**
 * The stage that folds `signals` into `incidents`. It folds in memory, and gives out every incident touched since the last
 * time together with the offset that they cover: at once where an incident is new or has changed materially, else at most
 * once a second. So a crash replays a second at most, and counts are exact.
 */
export function correlateStage(options: CorrelateStageOptions): StageDefinition {
  const metrics = options.metrics && correlateMetrics(options.metrics);
  const { sources = [] } = options;
  return {
    group: correlateGroup,
    input: topic.signals,
    start: 'committed',
    state: [topic.incidents, ...new Set(sources.flatMap(({ state }) => state))],
    task(partition) {
      const named = options.config.domains.find((one) => one.partition === partition)?.name;
      // A partition whose domain was taken out of the configuration is worked on to its end under this name.
      const domain = named ?? `partition-${partition}`;
      return new CorrelateTask({
        ...options,
        partition,
        domain,
        metrics,
        sources: sources.map((source) => source.open(partition, domain)),
      });
    },
  };
}

interface TaskOptions extends Surroundings {
  readonly config: Pick<Config, 'incidents' | 'language'>;
  readonly logger?: Logger;
  readonly partition: number;
  readonly domain: string;
  readonly sources: readonly HitSource[];
  readonly metrics: CorrelateMetrics | undefined;
}

class CorrelateTask implements StageTask {
  readonly #options: TaskOptions;
  readonly #correlator: Correlator;
  /** What has been folded in and is not covered yet ends before this offset. */
  #foldedTo: number | undefined;
  #publishedAt = Number.NEGATIVE_INFINITY;
  #evictedToldOf = 0;

  constructor(options: TaskOptions) {
    this.#options = options;
    this.#correlator = new Correlator({
      ...options,
      incidents: options.config.incidents,
      language: options.config.language,
      isKnownGood: (facts) =>
        options.isKnownGood?.(facts) === true ||
        options.sources.some((source) => source.isKnownGood?.(facts) === true),
    });
  }

  restore(record: BusRecord): void {
    if (record.topic !== topic.incidents) {
      for (const source of this.#options.sources) source.restore(record);
      return;
    }
    if (record.value === null) {
      if (record.key !== null) this.#correlator.dropRestored(record.key.toString('utf8'));
      return;
    }
    const read = readValue(Incident, record.value);
    if (read.ok) this.#correlator.restore(read.value);
    // Falls open: an incident that cannot be read is told again as a new one, rather than holding up the whole domain.
    else this.#options.logger?.error({ offset: record.offset }, `unreadable incident state: ${read.reason}`);
  }

  handle(input: StageInput<never>, { now }: StageContext): StageResult<never> {
    switch (input.kind) {
      case 'batch':
        return this.#fold(input.records, now);
      case 'tick': {
        const made = this.#options.sources.flatMap((source) => source.tick(now, input.caughtUp));
        const urgent = this.#foldAll(made, now);
        const changed = this.#correlator.tick(now, input.caughtUp);
        this.#tellOfSize();
        return urgent || changed || this.#isDue(now) ? this.#publish([], now) : { records: [] };
      }
      case 'effect':
        return { records: [] };
    }
  }

  #fold(records: readonly BusRecord[], now: number): StageResult<never> {
    const dead: OutRecord[] = [];
    let urgent = false;
    for (const record of records) {
      const read = readValue(Signal, record.value);
      if (read.ok) urgent = this.#take(read.value, now) || urgent;
      else dead.push(deadLetter(record, correlateGroup, read.reason, now));
      this.#foldedTo = record.offset + 1;
    }
    // Dead letters go out with the offset that covers them, or a replay would send them twice.
    return urgent || dead.length > 0 || this.#isDue(now) ? this.#publish(dead, now) : { records: [] };
  }

  /** True where an incident is new or has changed materially, or a person did something about one. */
  #take(signal: Signal, now: number): boolean {
    if (signal.kind === 'action') return this.#act(signal, now);
    const made = this.#options.sources.flatMap((source) => source.take(signal, now));
    const isOwn = signal.kind === 'hit' || signal.kind === 'clear';
    return this.#foldAll(isOwn ? [signal, ...made] : made, now);
  }

  #act(action: ActionSignal, now: number): boolean {
    const { domain, logger, metrics } = this.#options;
    const outcome = this.#correlator.act(action, now);
    metrics?.acted(domain, action.action, outcome);
    if (outcome === 'unknown')
      logger?.info(
        { domain, action },
        `there is no incident ${action.incidentId} for ${action.action}, or no longer`,
      );
    return outcome === 'done' || outcome === 'noted';
  }

  #foldAll(signals: readonly (Hit | Clear)[], now: number): boolean {
    let urgent = false;
    for (const signal of signals)
      urgent =
        (signal.kind === 'hit'
          ? this.#correlator.fold(this.#labelled(signal), now)
          : this.#correlator.clear(signal)) || urgent;
    return urgent;
  }

  #labelled(hit: Hit): Hit {
    if (hit.template !== undefined) return hit;
    for (const source of this.#options.sources) {
      const template = source.label?.(hit);
      if (template !== undefined) return { ...hit, template };
    }
    return hit;
  }

  #isDue(now: number): boolean {
    const hasNews = this.#foldedTo !== undefined || this.#correlator.hasTouched;
    return hasNews && now - this.#publishedAt >= publishEveryMs;
  }

  #publish(dead: readonly OutRecord[], now: number): StageResult<never> {
    const { partition } = this.#options;
    const incidents = this.#correlator.take(now).map((incident) => ({
      topic: topic.incidents,
      partition,
      key: incident.id,
      value: JSON.stringify(incident),
    }));
    const ended = this.#correlator
      .takeForgotten()
      .map((id) => ({ topic: topic.incidents, partition, key: id, value: null }));
    const made = this.#options.sources.flatMap((source) => source.records(now));
    const covers = this.#foldedTo;
    this.#foldedTo = undefined;
    this.#publishedAt = now;
    return { records: [...dead, ...incidents, ...ended, ...made], ...(covers !== undefined && { covers }) };
  }

  #tellOfSize(): void {
    const { domain, logger, metrics } = this.#options;
    const size = this.#correlator.size();
    metrics?.state(domain, size);
    const evicted = size.evicted - this.#evictedToldOf;
    if (evicted === 0) return;
    this.#evictedToldOf = size.evicted;
    metrics?.evicted(domain, evicted);
    logger?.warn(
      { domain, evicted, bytes: size.bytes },
      'too many incidents for the memory bound: the oldest were forgotten early',
    );
  }
}
