import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Bus, Writer } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import type { Metric } from '#shared/model/index.ts';

export interface LocalReportsOptions {
  readonly bus: Bus;
  readonly logger: Logger;
  /** As this machine calls itself. */
  readonly host: string;
  readonly intervalMs: number;
  readonly clock: () => number;
  /** What is known of this machine at a moment. Never rejects. */
  readonly read: (at: number) => Promise<Metric[]>;
}

/** Readings of the machine that this process runs on, on their way to the bus. */
export interface LocalReports {
  /** Settles when they have ended: rejects with what ended them where that was not `stop`. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Another process of this machine reports; so many intervals later it is looked whether it still does. */
const standBackIntervals = 10;

/**
 * Publishes what `read` gives, at every interval, to `metrics.system`. Unlike the polls of BMCs this belongs to every machine that runs
 * the service, so it has a writer of its own. While the bus is away the readings are dropped: there will be newer ones.
 */
export function startLocalReports(options: LocalReportsOptions): LocalReports {
  const { bus, logger, host, intervalMs, clock, read } = options;
  const stopping = new AbortController();
  let writer: Writer | undefined;
  let isAway = false;

  const report = async (): Promise<number> => {
    const metrics = await read(clock());
    if (stopping.signal.aborted) return 0;
    writer ??= await bus.writer(`ipmi-local-${host}`);
    await writer.write(
      metrics.map((metric) => ({
        topic: topic.metrics('system'),
        key: metric.host,
        value: JSON.stringify(metric),
      })),
    );
    return intervalMs;
  };

  const letGo = async (): Promise<void> => {
    const old = writer;
    writer = undefined;
    await old?.close().catch(() => undefined); // It has failed already, or is not needed any more.
  };

  const afterFailure = async (error: unknown): Promise<number> => {
    if (!(error instanceof LogpatrolError) || (error.action === 'stop' && error.kind !== 'fenced'))
      throw error;
    await letGo();
    if (error.kind === 'fenced') return standBackIntervals * intervalMs;
    if (!isAway) logger.warn(`readings of this machine are dropped: ${messageOf(error)}`);
    isAway = true;
    return intervalMs;
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const began = performance.now();
      const pauseMs = await report().then((pause) => {
        isAway = false;
        return pause;
      }, afterFailure);
      const leftMs = Math.max(0, pauseMs - (performance.now() - began));
      await delay(leftMs, undefined, { signal: stopping.signal }).catch(() => undefined); // stopped: the loop sees it
    }
  };

  const ended = run().finally(letGo);
  ended.catch(() => undefined); // told by `ended` to whoever awaits it
  return {
    ended,
    async stop() {
      stopping.abort();
      await ended.catch(() => undefined);
    },
  };
}
