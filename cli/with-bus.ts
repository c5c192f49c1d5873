import type { Logger } from 'pino';
import { FolderInUse } from '#shared/bus/embedded/lock.ts';
import type { Bus } from '#shared/bus/port.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { openBus, topicTrouble } from '#shared/lifecycle/index.ts';
import { RunningProcess } from './running-process.ts';
import { toolLogger } from './setting.ts';

/** How something is done with the bus in this process, and how the process that has it is asked for it. */
export interface BusWork<T> {
  here(bus: Bus, logger: Logger): Promise<T>;
  there(process: RunningProcess): Promise<T>;
}

/**
 * Opens the bus for a command, and closes it after the work. On Kafka that is Kafka. The embedded bus belongs to one process: where
 * that is another one, it is asked over HTTP, and where there is none, the bus is opened here.
 *
 * @param topics those that the command needs
 * @throws LogpatrolError `unusable-environment` where the process that holds the data cannot be asked, or `logpatrol setup` has to be run
 */
export async function withBus<T>(
  config: Config,
  topics: readonly string[],
  { here, there }: BusWork<T>,
): Promise<T> {
  const logger = toolLogger(config);
  const bus = await openBus(config, { logger, observer: {}, name: 'cli' }).catch((error: unknown) => {
    if (error instanceof FolderInUse) return error;
    throw error;
  });
  if (bus instanceof FolderInUse) return there(new RunningProcess(config, bus));
  try {
    const specs = topicSpecs(config).filter(({ name }) => topics.includes(name));
    if (config.kafka === undefined) await bus.setup(specs);
    const wrong = await bus.verify(specs);
    if (wrong.length > 0)
      throw new LogpatrolError(
        'unusable-environment',
        `${topicTrouble(wrong)}; run \`logpatrol setup\` first`,
      );
    return await here(bus, logger);
  } finally {
    await bus.close();
  }
}
