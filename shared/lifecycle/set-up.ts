import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Change } from '#shared/bus/port.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { openBus, openStore } from './open.ts';
import { asAdministrator, setUpAccess } from './set-up-access.ts';

/** What can be set up, in the order in which it is: accounts need nothing of the others, Kibana's objects need its account. */
export const setUpParts = ['topics', 'store', 'access', 'kibana'] as const;
export type SetUpPart = (typeof setUpParts)[number];

export interface SetUpOptions {
  /** Only say what would be done. */
  readonly dryRun: boolean;
  readonly logger: Logger;
  /** Default: topics and store, and access where there are secrets. */
  readonly parts?: readonly SetUpPart[] | undefined;
  /** The folder that `logpatrol secrets init` filled: passwords of the accounts come from there, their keys go there. */
  readonly secrets?: string | undefined;
  /** How long to wait for servers that do not answer; in milliseconds. Default: not at all, but three minutes for Kibana. */
  readonly waitMs?: number | undefined;
  /** Told, in one line, what is waited for. */
  readonly waiting?: ((line: string) => void) | undefined;
}

const retryMs = 2000;

/**
 * Brings the bus, the store and the accounts to what the configuration needs, and says what was done (or, on a dry run, would be).
 * Safe to repeat.
 *
 * @throws LogpatrolError `unreachable`, `unusable-environment` where something cannot be mended without loss, or `usage` where
 *   accounts are to be set up without secrets
 */
export async function setUp(config: Config, options: SetUpOptions): Promise<Change[]> {
  const { secrets, waitMs = 0, waiting = () => {} } = options;
  const parts = options.parts ?? ['topics', 'store', ...(secrets === undefined ? [] : ['access' as const])];
  const administrator = secrets === undefined ? config : asAdministrator(config, secrets);
  const deadline = performance.now() + waitMs;
  const changes: Change[] = [];
  for (const part of setUpParts)
    if (parts.includes(part))
      changes.push(...(await patiently(() => setUpPart(part, administrator, options), deadline, waiting)));
  return changes;
}

async function setUpPart(
  part: SetUpPart,
  config: Config,
  { dryRun, logger, secrets, waitMs }: SetUpOptions,
): Promise<Change[]> {
  switch (part) {
    case 'topics':
      return setUpTopics(config, { dryRun, logger });
    case 'store':
      return setUpStore(config, { dryRun, logger });
    case 'access':
      if (secrets === undefined)
        throw new LogpatrolError(
          'usage',
          'accounts need their passwords: give the folder that `logpatrol secrets init` filled, with --secrets',
        );
      return setUpAccess(config, { dryRun, logger, secrets });
    case 'kibana': {
      const { applyKibanaObjects } = await import('#shared/kibana/index.ts');
      return applyKibanaObjects(config, {
        ...{ dryRun, logger },
        ...(waitMs !== undefined && { patienceMs: waitMs }),
      });
    }
  }
}

async function setUpTopics(
  config: Config,
  { dryRun, logger }: { dryRun: boolean; logger: Logger },
): Promise<Change[]> {
  const bus = await openBus(config, { logger, observer: {}, name: 'setup' });
  try {
    return await bus.setup(topicSpecs(config), { dryRun });
  } finally {
    await bus.close();
  }
}

async function setUpStore(
  config: Config,
  { dryRun, logger }: { dryRun: boolean; logger: Logger },
): Promise<Change[]> {
  const store = await openStore(config, { logger });
  try {
    const { shelveRunbooks } = await import('./shelve-runbooks.ts');
    return [...(await store.setup({ dryRun })), await shelveRunbooks(config, store, { dryRun })];
  } finally {
    await store.close();
  }
}

/** Does it again while a server does not answer. Each time it is told why, but not twice the same. */
async function patiently<T>(
  act: () => Promise<T>,
  deadline: number,
  waiting: (line: string) => void,
): Promise<T> {
  for (let told = ''; ; ) {
    try {
      return await act();
    } catch (error) {
      const passes = error instanceof LogpatrolError && error.action === 'retry';
      if (!passes || performance.now() + retryMs > deadline) throw error;
      if (told !== error.message)
        waiting(`waiting up to ${Math.round((deadline - performance.now()) / 1000)} s: ${messageOf(error)}`);
      told = error.message;
      await delay(retryMs);
    }
  }
}
