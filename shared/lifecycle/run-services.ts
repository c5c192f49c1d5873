import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import type { ProcessHealth } from '#shared/telemetry/index.ts';
import { ProcessState } from './process-state.ts';
import type { OpenRuntime } from './runtime.ts';
import type { Runtime, Service } from './service.ts';

/** How to start one service. */
export interface Starter {
  readonly name: string;
  start(runtime: Runtime): Promise<Service>;
}

/** What answers HTTP in this process; it is there before the bus is, so that probes answer while the bus is waited for. */
export interface FrontDoor extends Service {
  readonly url: string;
}

export interface RunOptions {
  /** Aborted when the process is to stop. */
  readonly signal: AbortSignal;
  frontDoor(runtime: Runtime, health: ProcessHealth): Promise<FrontDoor>;
  /** Told once, when every service has started. */
  started?(url: string): void;
}

/** What is left of the 10 s that an orchestrator grants, once the ports are to be closed too. */
const stopWithinMs = 9_000;
const firstRetryMs = 1_000;
const longestRetryMs = 15_000;

/**
 * Starts the services one after the other and runs them until the signal says stop or one of them ends; then stops them all.
 * A dependency that does not answer at the start is waited for.
 *
 * @throws what ended a service, or kept it from starting; LogpatrolError as they give it, `unreachable` where one did not stop
 */
export async function runServices(
  runtime: OpenRuntime,
  starters: readonly Starter[],
  options: RunOptions,
): Promise<void> {
  const { signal } = options;
  const { logger } = runtime;
  const state = new ProcessState();
  const running: Service[] = [];
  const ends: Promise<never>[] = [];
  const take = (service: Service): void => {
    running.push(service);
    const end = state.add(service);
    // It is awaited below, once all have started; until then it must not count as unhandled.
    end.catch(() => undefined);
    ends.push(end);
  };
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  if (signal.aborted) resolve();
  let failure: { readonly error: unknown } | undefined;
  try {
    const front = await options.frontDoor(runtime, state);
    take(front);
    state.starting('waiting for the bus');
    await untilReachable('the bus', () => runtime.prepare(), signal, logger);
    for (const starter of starters) {
      if (signal.aborted) break;
      state.starting(`starting ${starter.name}`);
      const start = () => startedWhole(starter, runtime);
      const service = await untilReachable(starter.name, start, signal, logger);
      if (service !== undefined) take(service);
    }
    state.starting(undefined);
    if (!signal.aborted) {
      logger.info({ services: running.map(({ name }) => name), url: front.url }, 'started');
      options.started?.(front.url);
    }
    await Promise.race([aborted, ...ends]);
    logger.info('stopping');
  } catch (error) {
    failure = { error };
  }
  const left = await stopAll(running, logger);
  state.close();
  if (failure !== undefined) throw failure.error;
  if (left.length > 0)
    throw new LogpatrolError(
      'unreachable',
      `${left.join(', ')} did not stop within ${stopWithinMs / 1000} s; what was not committed will be done again`,
    );
}

/** Starts it; where it cannot, the metrics that it has registered go too, for the next try registers them again. */
async function startedWhole(starter: Starter, runtime: Runtime): Promise<Service> {
  const { metrics } = runtime;
  const before = new Set(metrics.getMetricsAsArray());
  try {
    return await starter.start(runtime);
  } catch (error) {
    for (const metric of metrics.getMetricsAsArray())
      if (!before.has(metric)) metrics.removeSingleMetric(metric.name);
    throw error;
  }
}

/** Calls until it succeeds, waiting longer each time, as long as the failure is one that passes; `undefined`: told to stop. */
async function untilReachable<T>(
  what: string,
  call: () => Promise<T>,
  signal: AbortSignal,
  logger: Logger,
): Promise<T | undefined> {
  for (let wait = firstRetryMs; !signal.aborted; wait = Math.min(wait * 2, longestRetryMs)) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof LogpatrolError) || error.action !== 'retry') throw error;
      logger.warn(`waiting for ${what}: ${messageOf(error)}; next try in ${wait / 1000} s`);
      await delay(wait, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

/** Stops them all at once; gives the names of those that had not stopped after 9 s. */
async function stopAll(services: readonly Service[], logger: Logger): Promise<string[]> {
  const left = new Set(services.map(({ name }) => name));
  const stops = services.map(async (service) => {
    try {
      await service.stop();
    } catch (error) {
      logger.error({ err: error }, `the service ${service.name} did not stop cleanly`);
    }
    left.delete(service.name);
  });
  const timer = new AbortController();
  // It is cancelled where all stop in time, which is no failure.
  const late = delay(stopWithinMs, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([Promise.all(stops), late]);
  timer.abort();
  return [...left];
}
