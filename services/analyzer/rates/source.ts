import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { BusRecord, OutRecord } from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { Baseline, type Clear, type Hit, type Signal, type TemplateLabel } from '#shared/model/index.ts';
import type { HitSource, HitSourceKind, IncidentFacts } from '../correlate/index.ts';
import type { History } from './history.ts';
import { createKnownGood } from './known-good.ts';
import { type RatesMetrics, ratesMetrics } from './metrics.ts';
import { Rates } from './rates.ts';

export interface RatesSourceOptions {
  readonly config: Pick<Config, 'rates' | 'language'>;
  readonly logger?: Logger;
  readonly metrics?: Registry;
  /** What is usual from the start, of services that have no history of their own yet. */
  readonly histories?: readonly History[];
  /** Name of the domain of a service. */
  domainOf(type: string, service: string): string;
}

/** Rates as a source of hits within correlation's transactions; its state is the compacted topic `baselines`. */
export function ratesSource(options: RatesSourceOptions): HitSourceKind {
  const metrics = options.metrics && ratesMetrics(options.metrics);
  return {
    state: [topic.baselines],
    open: (partition, domain) => new RatesSource(options, partition, domain, metrics),
  };
}

class RatesSource implements HitSource {
  readonly #logger: Logger | undefined;
  readonly #partition: number;
  readonly #domain: string;
  readonly #metrics: RatesMetrics | undefined;
  readonly #rates: Rates;
  readonly #isKnownGood: ReturnType<typeof createKnownGood>;
  #evictedToldOf = 0;

  constructor(
    { config, logger, histories = [], domainOf }: RatesSourceOptions,
    partition: number,
    domain: string,
    metrics: RatesMetrics | undefined,
  ) {
    this.#logger = logger;
    this.#partition = partition;
    this.#domain = domain;
    this.#metrics = metrics;
    this.#rates = new Rates({ rates: config.rates, language: config.language, domain });
    this.#rates.seed(
      histories
        .flatMap(({ kinds }) => kinds.map(({ baseline }) => baseline))
        .filter(({ type, service }) => domainOf(type, service) === domain),
    );
    this.#isKnownGood = createKnownGood({ hits: histories.flatMap(({ hits }) => hits) });
  }

  restore(record: BusRecord): void {
    if (record.topic !== topic.baselines) return;
    if (record.value === null) {
      if (record.key !== null) this.#rates.dropRestored(record.key.toString('utf8'));
      return;
    }
    const read = readValue(Baseline, record.value);
    if (read.ok) this.#rates.restore(read.value);
    // Falls to the side of silence: what is usual of this kind is learned anew.
    else this.#logger?.error({ offset: record.offset }, `unreadable baseline: ${read.reason}`);
  }

  take(signal: Signal, now: number): readonly (Hit | Clear)[] {
    return signal.kind === 'counts' ? this.#told(this.#rates.fold(signal, now)) : [];
  }

  tick(now: number, caughtUp: boolean): readonly (Hit | Clear)[] {
    const told = this.#told(this.#rates.tick(now, caughtUp));
    const size = this.#rates.size();
    this.#metrics?.state(this.#domain, size);
    const evicted = size.evicted - this.#evictedToldOf;
    if (evicted > 0) {
      this.#evictedToldOf = size.evicted;
      this.#metrics?.evicted(this.#domain, evicted);
    }
    return told;
  }

  label(hit: Hit): TemplateLabel | undefined {
    return hit.masked === undefined ? undefined : this.#rates.label(hit.service, hit.masked);
  }

  isKnownGood(facts: IncidentFacts): boolean {
    return this.#isKnownGood(facts);
  }

  records(): readonly OutRecord[] {
    return this.#rates.take().map(({ key, value }) => ({
      topic: topic.baselines,
      partition: this.#partition,
      key,
      value: value === null ? null : JSON.stringify(value),
    }));
  }

  #told(signals: readonly (Hit | Clear)[]): readonly (Hit | Clear)[] {
    for (const signal of signals) if (signal.kind === 'hit') this.#metrics?.said(this.#domain, signal.rule);
    return signals;
  }
}
