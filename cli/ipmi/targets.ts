import type { Logger } from 'pino';
import type { Bmc } from '#services/ipmi/inspection.ts';
import { openServers, type Problem, toBmc } from '#services/ipmi/servers/index.ts';
import type { Config } from '#shared/config/index.ts';
import { closest } from '#shared/config/suggest.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { askSecret, isAskable } from './ask.ts';
import { ipmiWording } from './wording.ts';

/** Which servers are meant: those of the list by name, or one that no list names. */
export interface TargetFlags {
  readonly server?: readonly string[];
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly cipherSuite?: number;
  readonly privilege?: Bmc['privilege'];
  readonly tool?: Bmc['tool'];
  readonly timeout?: number;
}

export interface Targets {
  /** As the list says now. */
  current(): readonly Bmc[];
  /** Whether the list names it: what is on no list is shown and kept, and never told of. */
  isListed(name: string): boolean;
  problems(): readonly Problem[];
  close(): Promise<void>;
}

const ofHost = ['port', 'user', 'cipherSuite', 'privilege', 'tool'] as const;

/**
 * Opens the list of servers and picks what the flags say. Passwords that are missing are asked for where there is a terminal.
 *
 * @throws LogpatrolError `usage` for a name that is not on the list, or where there is nothing to ask
 */
export async function openTargets(config: Config, flags: TargetFlags, logger: Logger): Promise<Targets> {
  const stray = flags.host === undefined && ofHost.find((flag) => flags[flag] !== undefined);
  if (stray)
    throw new LogpatrolError(
      'usage',
      `--${stray === 'cipherSuite' ? 'cipher-suite' : stray} goes with --host; of servers of the list the configuration says it`,
    );
  const servers = await openServers({ config, logger, env: process.env });
  try {
    const secrets = new Secrets(config);
    const pick = (list: readonly Bmc[]): Bmc[] =>
      picked(config, flags, list, logger).map((bmc) => secrets.asking(bmc));
    let list = servers.current();
    let chosen = pick(list);
    for (const name of flags.server ?? []) if (!isOn(list, name)) throw noSuchServer(name, list);
    if (chosen.length === 0) throw new LogpatrolError('usage', ipmiWording(config.language).noServers);
    if (isAskable()) await secrets.askFor(chosen);
    return {
      current() {
        const now = servers.current();
        if (now !== list) {
          list = now;
          chosen = pick(now);
        }
        return chosen;
      },
      isListed: (name) => isOn(servers.current(), name),
      problems: () => servers.problems(),
      close: () => servers.close(),
    };
  } catch (error) {
    await servers.close();
    throw error;
  }
}

function picked(config: Config, flags: TargetFlags, list: readonly Bmc[], logger: Logger): Bmc[] {
  const { timeout } = flags;
  const timed = (bmc: Bmc): Bmc => (timeout === undefined ? bmc : { ...bmc, timeoutSeconds: timeout });
  if (flags.host !== undefined) return [timed(unlisted(config, flags.host, flags, list, logger))];
  if (flags.server === undefined) return list.map(timed);
  const names = new Set(flags.server);
  return list.filter(({ name }) => names.has(name)).map(timed);
}

function isOn(list: readonly Bmc[], name: string): boolean {
  return list.some((bmc) => bmc.name === name);
}

function noSuchServer(name: string, list: readonly Bmc[]): LogpatrolError {
  const meant = closest(
    name,
    list.map((one) => one.name),
  );
  const hint = meant === undefined ? '`logpatrol ipmi list` names them' : `did you mean ${meant}?`;
  return new LogpatrolError('usage', `there is no server "${name}" on the list; ${hint}`);
}

/** A BMC by its address: the server of the list that it is, where nothing else is said of it, so that its history counts. */
function unlisted(
  config: Config,
  host: string,
  flags: TargetFlags,
  list: readonly Bmc[],
  logger: Logger,
): Bmc {
  const { port, user, cipherSuite, privilege, tool } = flags;
  const same = list.filter(
    (bmc) =>
      bmc.host === host &&
      (port === undefined || port === bmc.port) &&
      (user === undefined || user === bmc.user),
  );
  const [known] = same;
  if (known !== undefined && same.length === 1)
    return {
      ...known,
      cipherSuite: cipherSuite ?? known.cipherSuite,
      privilege: privilege ?? known.privilege,
      tool: tool ?? known.tool,
    };
  const name = port === undefined || port === config.ipmi.port ? host : `${host}:${port}`;
  return toBmc(
    {
      name,
      host,
      enabled: true,
      ...(port !== undefined && { port }),
      ...(user !== undefined && { user }),
      ...(cipherSuite !== undefined && { cipherSuite }),
      ...(privilege !== undefined && { privilege }),
      ...(tool !== undefined && { tool }),
    },
    config.ipmi,
    { env: process.env, logger },
  );
}

/** Passwords that a person was asked for: kept in memory alone, one for each user, since those of a fleet are mostly the same. */
class Secrets {
  readonly #config: Config;
  readonly #asked = new Map<string, string>();

  constructor(config: Config) {
    this.#config = config;
  }

  asking(bmc: Bmc): Bmc {
    return {
      ...bmc,
      password: async () => {
        const asked = this.#asked.get(bmc.user ?? '');
        if (asked === undefined) return bmc.password();
        // What is configured goes first: it is of this server alone.
        return bmc.password().catch(() => asked);
      },
    };
  }

  async askFor(bmcs: readonly Bmc[]): Promise<void> {
    const words = ipmiWording(this.#config.language);
    for (const { name, user = '', password } of bmcs) {
      if (this.#asked.has(user) || (await isThere(password))) continue;
      this.#asked.set(user, await askSecret(words.password(user, name)));
    }
  }
}

/** What is wrong with a password that is configured, the BMC's answer will tell in its line. */
async function isThere(password: () => Promise<string>): Promise<boolean> {
  return password().then(
    () => true,
    () => false,
  );
}
