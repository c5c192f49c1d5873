import { assetsHealth } from '#shared/assets/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { openStore } from '#shared/lifecycle/index.ts';
import { answerOf, type Check } from '../check.ts';
import { modelHealth } from '../model.ts';

/** That the configuration could be read is known by the time that anything is asked. */
export const configCheck: Check = {
  name: 'config',
  part: 'logpatrol',
  anchors: [],
  ask: async () => [{ name: 'config', status: 'ok', detail: 'read without a mistake' }],
};

/** Whether the store answers. */
export const storeCheck: Check = {
  name: 'store',
  part: 'store',
  anchors: ['elasticsearch-unreachable', 'login-refused', 'role-mapping'],
  async ask({ config, logger }) {
    try {
      const store = await openStore(config, { logger });
      try {
        const health = await store.health();
        const isLogin = / answered 401/.test(health.detail);
        const isRight = / answered 403/.test(health.detail);
        const anchor = isLogin ? 'login-refused' : isRight ? 'role-mapping' : 'elasticsearch-unreachable';
        return [answerOf(health, anchor)];
      } finally {
        await store.close();
      }
    } catch (error) {
      if (!(error instanceof LogpatrolError)) throw error;
      return [{ name: 'store', status: 'bad', detail: error.message, anchor: 'elasticsearch-unreachable' }];
    }
  },
};

/** Whether the model is there. */
export const modelCheck: Check = {
  name: 'model',
  part: 'model',
  anchors: ['model-unreachable'],
  async ask({ config }) {
    const health = await modelHealth(config);
    if (health !== undefined) return [answerOf(health, 'model-unreachable')];
    return [
      {
        name: 'model',
        status: 'ok',
        detail: 'not configured (ollama or openai): findings are made by rules alone',
      },
    ];
  },
};

/** Whether the inventory answers, where one is configured. */
export const inventoryCheck: Check = {
  name: 'inventory',
  part: 'machines',
  anchors: ['inventory'],
  applies: ({ assets }) => assets !== undefined,
  async ask({ config, logger }) {
    if (config.assets === undefined) return [];
    return [answerOf(await assetsHealth(config.assets, logger), 'inventory')];
  },
};
