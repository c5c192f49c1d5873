import type { Logger } from 'pino';
import type { Bus, BusObserver } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import type { Store, StoreReader } from '#shared/store/port.ts';
import type { Upkeep } from '#shared/store/upkeep.ts';

/** The two embedded databases share what the configuration allows. */
function embeddedBytes(config: Config): number {
  return Math.floor((config.retention.embeddedGigabytes * 1e9) / 2);
}

/** The bus that the configuration asks for. This and `openStore` are the only places that know which one it is. */
export async function openBus(
  config: Config,
  { logger, observer, name }: { logger: Logger; observer: BusObserver; name: string },
): Promise<Bus> {
  if (config.kafka !== undefined) {
    const { openKafkaBus } = await import('#shared/bus/kafka.ts');
    return openKafkaBus({ kafka: config.kafka, clientId: `logpatrol-${name}`, logger, observer });
  }
  const { openEmbeddedBus } = await import('#shared/bus/embedded.ts');
  return openEmbeddedBus({ dataDir: config.dataDir, maxBytes: embeddedBytes(config), logger, observer });
}

/** The store that the configuration asks for. */
export async function openStore(config: Config, { logger }: { logger: Logger }): Promise<Store> {
  if (config.elasticsearch !== undefined) {
    const { openElasticsearchStore } = await import('#shared/store/elasticsearch.ts');
    const { elasticsearch, routes, retention, snapshots } = config;
    return openElasticsearchStore({ elasticsearch, routes, retention, snapshots, logger });
  }
  const { openEmbeddedStore } = await import('#shared/store/embedded.ts');
  return openEmbeddedStore({
    dataDir: config.dataDir,
    maxBytes: embeddedBytes(config),
    keepMetricsMs: config.retention.metricsDays * 24 * 60 * 60 * 1000,
    logger,
  });
}

/**
 * The store, to look things up in: the embedded one also while another process writes it.
 *
 * @throws LogpatrolError `unusable-environment` where the embedded store is not there
 */
export async function openStoreForReading(
  config: Config,
  { logger }: { logger: Logger },
): Promise<StoreReader> {
  if (config.elasticsearch !== undefined) return openStore(config, { logger });
  const { openEmbeddedStoreForReading } = await import('#shared/store/embedded.ts');
  return openEmbeddedStoreForReading({ dataDir: config.dataDir });
}

/** What looks after the store: by rights and connections of its own, also while another process uses it. */
export async function openUpkeep(config: Config): Promise<Upkeep> {
  if (config.elasticsearch !== undefined) {
    const { openElasticsearchUpkeep } = await import('#shared/store/elasticsearch/upkeep/index.ts');
    return await openElasticsearchUpkeep(config);
  }
  const { openEmbeddedUpkeep } = await import('#shared/store/embedded/upkeep/index.ts');
  return openEmbeddedUpkeep(config);
}
