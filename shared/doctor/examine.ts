import type { Logger } from 'pino';
import { assetsHealth } from '#shared/assets/index.ts';
import type { DependencyHealth } from '#shared/bus/port.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { openBus, openStore, topicTrouble } from '#shared/lifecycle/index.ts';
import { channelHealth } from './channel.ts';
import { modelHealth } from './model.ts';

/** Asks everything that this configuration names how it is, all at once. The configuration itself has been read by then. */
export async function examine(config: Config, logger: Logger): Promise<DependencyHealth[]> {
  const answers = await Promise.all([
    busHealth(config, logger),
    storeHealth(config, logger),
    [
      (await modelHealth(config)) ?? {
        name: 'model',
        ok: true,
        detail: 'not configured (ollama or openai): findings are made by rules alone',
      },
    ],
    config.assets === undefined ? [] : assetsHealth(config.assets, logger),
    ...Object.keys(config.channels).map(async (name) => [await channelHealth(name, config)]),
  ]);
  return [{ name: 'config', ok: true, detail: 'read without a mistake' }, ...answers.flat()];
}

async function busHealth(config: Config, logger: Logger): Promise<DependencyHealth[]> {
  return guarded('bus', async () => {
    const bus = await openBus(config, { logger, observer: {}, name: 'doctor' });
    try {
      const health = await bus.health();
      if (!health.ok) return [health];
      const wrong = await bus.verify(topicSpecs(config));
      const topics =
        wrong.length === 0
          ? { name: 'topics', ok: true, detail: 'as the configuration needs them' }
          : config.kafka === undefined
            ? { name: 'topics', ok: true, detail: 'not there yet: the first start makes them' }
            : { name: 'topics', ok: false, detail: topicTrouble(wrong), remedy: 'run `logpatrol setup`' };
      return [health, topics];
    } finally {
      await bus.close();
    }
  });
}

async function storeHealth(config: Config, logger: Logger): Promise<DependencyHealth[]> {
  return guarded('store', async () => {
    const store = await openStore(config, { logger });
    try {
      return [await store.health()];
    } finally {
      await store.close();
    }
  });
}

/** An adapter that cannot even be opened is an answer too. */
async function guarded(name: string, ask: () => Promise<DependencyHealth[]>): Promise<DependencyHealth[]> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof LogpatrolError)) throw error;
    return [{ name, ok: false, detail: error.message }];
  }
}
