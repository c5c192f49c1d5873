import type { Logger } from 'pino';
import type { Change } from '#shared/bus/port.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { openBus, openStore } from './open.ts';

/**
 * Brings the bus and the store to what the configuration needs, and says what was done (or, on a dry run, would be).
 *
 * @throws LogpatrolError `unreachable`, or `unusable-environment` where something cannot be mended without loss
 */
export async function setUp(
  config: Config,
  { dryRun, logger }: { dryRun: boolean; logger: Logger },
): Promise<Change[]> {
  const bus = await openBus(config, { logger, observer: {}, name: 'setup' });
  try {
    const topics = await bus.setup(topicSpecs(config), { dryRun });
    const store = await openStore(config, { logger });
    try {
      const { shelveRunbooks } = await import('./shelve-runbooks.ts');
      return [...topics, ...(await store.setup({ dryRun })), await shelveRunbooks(config, store, { dryRun })];
    } finally {
      await store.close();
    }
  } finally {
    await bus.close();
  }
}
