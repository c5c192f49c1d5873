import type { Logger } from 'pino';
import type { Config } from '#shared/config/index.ts';
import type { Bmc } from '../inspection.ts';
import { readPassword } from './password.ts';

/** A server of a list, as the configuration has them. */
export type ServerEntry = Config['ipmi']['servers'][number];
/** What `ipmi` says for all of them. */
export type ServerDefaults = Omit<Config['ipmi'], 'servers' | 'inventory' | 'limits'>;

/** The server with what it leaves out filled in. */
export function toBmc(
  entry: ServerEntry,
  defaults: ServerDefaults,
  { env, logger }: { readonly env: NodeJS.ProcessEnv; readonly logger: Logger },
): Bmc {
  const { name } = entry;
  const places = [
    { passwordFile: entry.passwordFile, passwordEnv: entry.passwordEnv },
    { passwordFile: defaults.passwordFile, passwordEnv: defaults.passwordEnv },
  ];
  return {
    name,
    host: entry.host,
    port: entry.port ?? defaults.port,
    hostName: entry.hostName ?? name,
    group: entry.group,
    user: entry.user ?? defaults.user,
    password: () => readPassword({ server: name, places, env, logger }),
    cipherSuite: entry.cipherSuite ?? defaults.cipherSuite,
    privilege: entry.privilege ?? defaults.privilege,
    tool: entry.tool ?? defaults.tool,
    intervalSeconds: entry.intervalSeconds ?? defaults.intervalSeconds,
    maxRetries: entry.maxRetries ?? defaults.maxRetries,
    timeoutSeconds: entry.timeoutSeconds ?? defaults.timeoutSeconds,
  };
}
