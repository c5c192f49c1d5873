import type { Logger } from 'pino';
import type { Config } from '#shared/config/index.ts';
import type { Bmc } from '../inspection.ts';
import type { Problem } from './problem.ts';
import { toBmc } from './to-bmc.ts';

export interface ServersOptions {
  readonly config: Pick<Config, 'ipmi' | 'dataDir'>;
  readonly logger: Logger;
  readonly env: NodeJS.ProcessEnv;
}

/** The BMCs that are to be asked, as the lists say now. */
export interface Servers {
  /** In the order of the lists; the same array until one of them changes. */
  current(): readonly Bmc[];
  /** Calls after each change. @returns what ends the calls */
  onChange(listener: (servers: readonly Bmc[]) => void): () => void;
  /** What is wrong with the lists now. */
  problems(): readonly Problem[];
  close(): Promise<void>;
}

/** Opens the lists that the configuration names; none of them that cannot be read keeps the others from counting. */
export async function openServers({ config, logger, env }: ServersOptions): Promise<Servers> {
  const bmcs = config.ipmi.servers
    .filter(({ enabled }) => enabled)
    .map((entry) => toBmc(entry, config.ipmi, { env, logger }));
  return {
    current: () => bmcs,
    onChange: () => () => undefined,
    problems: () => [],
    close: async () => undefined,
  };
}
