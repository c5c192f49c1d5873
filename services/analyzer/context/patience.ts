import type { Logger } from 'pino';
import { Histogram, type Registry } from 'prom-client';
import { messageOf } from '#shared/errors/index.ts';
import { unlessAborted } from '#shared/lifecycle/unless-aborted.ts';

/** Where context comes from. */
export type Source = 'lines' | 'host-lines' | 'runbooks' | 'assets' | 'similar';

export interface PatienceOptions {
  readonly logger: Logger;
  readonly metrics?: Registry | undefined;
}

/** Waits for sources, each for so long and by itself: one that is late or fails is left out and counted. */
export class Patience {
  readonly #logger: Logger;
  readonly #seconds: Histogram<'source' | 'outcome'> | undefined;
  readonly #failing = new Set<Source>();

  constructor({ logger, metrics }: PatienceOptions) {
    this.#logger = logger;
    this.#seconds = metrics && secondsBySource(metrics);
  }

  /** What the work gives, or the fallback where it fails or the signal comes first. Never rejects. */
  async within<T>(
    source: Source,
    signal: AbortSignal,
    fallback: T,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const started = performance.now();
    const observe = (outcome: 'ok' | 'late' | 'failed') =>
      this.#seconds?.observe({ source, outcome }, (performance.now() - started) / 1000);
    try {
      signal.throwIfAborted();
      const value = await unlessAborted(work(signal), signal);
      observe('ok');
      if (this.#failing.delete(source)) this.#logger.info(`context: ${source} can be read again`);
      return value;
    } catch (error) {
      observe(signal.aborted ? 'late' : 'failed');
      // Once, not for each incident.
      if (!signal.aborted && !this.#failing.has(source)) {
        this.#failing.add(source);
        this.#logger.warn(`context: ${source} cannot be read and are left out: ${messageOf(error)}`);
      }
      return fallback;
    }
  }
}

function secondsBySource(registry: Registry): Histogram<'source' | 'outcome'> {
  return new Histogram({
    name: 'logpatrol_context_seconds',
    help: 'Time for which a source of context was waited for, by source and outcome (ok, late, failed).',
    labelNames: ['source', 'outcome'] as const,
    buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    registers: [registry],
  });
}
