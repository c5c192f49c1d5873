import type { Logger } from 'pino';
import { topicsOf } from '#shared/access/bus-needs.ts';
import { principals } from '#shared/access/index.ts';
import type { Bus } from '#shared/bus/port.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { busMetrics, createRegistry, processInfo } from '#shared/telemetry/index.ts';
import { openBus, openStore } from './open.ts';
import type { Runtime } from './service.ts';
import { topicTrouble } from './topic-trouble.ts';

/** A runtime and its end. */
export interface OpenRuntime extends Runtime {
  /**
   * Makes sure that the bus is there and as the configuration needs it.
   *
   * @throws LogpatrolError `unreachable` where it does not answer (worth another try), `unusable-environment` where
   * `logpatrol setup` has to be run
   */
  prepare(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the bus and the store that the configuration asks for. The embedded ones are set up here, for nobody else could; on
 * Kafka and Elasticsearch that is `logpatrol setup`'s, whose rights a service need not have.
 *
 * @param options.name what this process calls itself to the far sides: the service, where it runs one
 */
export async function openRuntime(
  config: Config,
  options: { logger: Logger; name: string; clock?: () => number },
): Promise<OpenRuntime> {
  const { logger, name, clock = Date.now } = options;
  const metrics = createRegistry();
  processInfo(metrics, {
    ...(config.http.tls !== undefined && { http: config.http.tls.certificateFile }),
    ...(config.kafka?.caFile !== undefined && { 'kafka-ca': config.kafka.caFile }),
    ...(config.elasticsearch?.caFile !== undefined && { 'elasticsearch-ca': config.elasticsearch.caFile }),
  });
  const bus = await openBus(config, { logger, observer: busMetrics(metrics), name });
  try {
    const store = await openStore(config, { logger });
    try {
      if (config.kafka === undefined) await bus.setup(topicSpecs(config));
      if (config.elasticsearch === undefined) {
        await store.setup();
        // Searching text is a large part of all the code; a service beside Elasticsearch has no need of it.
        const { shelveRunbooks } = await import('./shelve-runbooks.ts');
        await shelveRunbooks(config, store);
      }
    } catch (error) {
      await store.close();
      throw error;
    }
    const close = async (): Promise<void> => {
      await Promise.all([bus.close(), store.close()]);
      metrics.clear();
    };
    return { config, bus, store, logger, metrics, clock, prepare: () => verifyBus(bus, config, name), close };
  } catch (error) {
    await bus.close();
    throw error;
  }
}

/** A service looks at the topics of its own work: its account at Kafka sees no others. */
async function verifyBus(bus: Bus, config: Config, name: string): Promise<void> {
  const health = await bus.health();
  if (!health.ok)
    throw new LogpatrolError('unreachable', [health.detail, health.remedy].filter(Boolean).join('; '));
  const principal = principals.find((one) => one === name);
  const own = principal === undefined ? undefined : new Set(topicsOf(principal, config));
  const wrong = await bus.verify(topicSpecs(config).filter((spec) => own?.has(spec.name) ?? true));
  if (wrong.length === 0) return;
  throw new LogpatrolError(
    'unusable-environment',
    `the topics are not as the configuration needs them: ${topicTrouble(wrong)}; run \`logpatrol setup\``,
  );
}
