import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { Config } from '#shared/config/index.ts';
import type { Bmc } from '../inspection.ts';
import { followFiles } from './file-source.ts';
import { followAddress } from './http-source.ts';
import { bounded, type Problem } from './problem.ts';
import { maxServers, type PlacedServer, type ServerList } from './server-list.ts';
import type { Source } from './source.ts';
import { type ServerEntry, toBmc } from './to-bmc.ts';

export interface ServersOptions {
  readonly config: Pick<Config, 'ipmi' | 'dataDir'>;
  readonly logger: Logger;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

/** The BMCs that are to be asked, as the lists say now. */
export interface Servers {
  /** In the order of the lists; the same array until one of them changes, and the same `Bmc` until it does itself. */
  current(): readonly Bmc[];
  /** Calls after each change. @returns what ends the calls */
  onChange(listener: (servers: readonly Bmc[]) => void): () => void;
  /** What is wrong with the lists now. */
  problems(): readonly Problem[];
  close(): Promise<void>;
}

/**
 * Opens the lists that the configuration names: its own, a file, a folder of files, an address. They are followed: a change counts
 * without a restart. A list that cannot be read keeps no other from counting, and once it has been read its servers stay as they were.
 */
export async function openServers(options: ServersOptions): Promise<Servers> {
  const { config, logger, clock = Date.now } = options;
  const { servers, inventory } = config.ipmi;
  const lists = new FollowedServers(options, servers);
  const changed = () => lists.changed();
  if (inventory?.file !== undefined) lists.add(followFiles({ file: inventory.file }, changed));
  if (inventory?.folder !== undefined) lists.add(followFiles({ folder: inventory.folder }, changed));
  if (inventory?.url !== undefined) {
    const { url, token, refreshSeconds } = inventory;
    const { dataDir } = config;
    lists.add(await followAddress({ url, token, refreshSeconds, dataDir, logger, clock, changed }));
  }
  lists.changed();
  return lists;
}

class FollowedServers implements Servers {
  readonly #options: ServersOptions;
  readonly #own: ServerList;
  readonly #sources: Source[] = [];
  readonly #listeners = new Set<(servers: readonly Bmc[]) => void>();
  #entries = new Map<string, { readonly entry: ServerEntry; readonly bmc: Bmc }>();
  #bmcs: readonly Bmc[] = [];
  #problems: readonly Problem[] = [];

  constructor(options: ServersOptions, own: readonly ServerEntry[]) {
    this.#options = options;
    this.#own = {
      servers: own.map((server, index) => ({ where: `ipmi.servers[${index}]`, server })),
      problems: [],
    };
  }

  add(source: Source): void {
    this.#sources.push(source);
  }

  current(): readonly Bmc[] {
    return this.#bmcs;
  }

  problems(): readonly Problem[] {
    return this.#problems;
  }

  onChange(listener: (servers: readonly Bmc[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await Promise.all(this.#sources.map((source) => source.close()));
  }

  /** Puts the lists together anew. */
  changed(): void {
    const { logger } = this.#options;
    const lists = [this.#own, ...this.#sources.map((source) => source.current())];
    const { chosen, doubles } = choose(lists.flatMap(({ servers }) => servers));
    this.#tell([...lists.flatMap(({ problems }) => problems), ...bounded(doubles, 'lists of servers')]);
    const before = this.#bmcs;
    const entries = new Map<string, { readonly entry: ServerEntry; readonly bmc: Bmc }>();
    for (const entry of chosen) {
      const known = this.#entries.get(entry.name);
      const isSame = known !== undefined && isDeepStrictEqual(known.entry, entry);
      entries.set(entry.name, isSame ? known : { entry, bmc: this.#bmcOf(entry) });
    }
    this.#entries = entries;
    const bmcs = [...entries.values()].map(({ bmc }) => bmc);
    if (bmcs.length === before.length && bmcs.every((bmc, index) => bmc === before[index])) return;
    this.#bmcs = bmcs;
    logger[bmcs.length < before.length ? 'warn' : 'info'](
      { servers: bmcs.length, before: before.length },
      'the list of BMCs has changed',
    );
    for (const listener of this.#listeners) listener(bmcs);
  }

  #bmcOf(entry: ServerEntry): Bmc {
    const { config, env, logger } = this.#options;
    return toBmc(entry, config.ipmi, { env, logger });
  }

  /** Logs what was not wrong before. */
  #tell(problems: readonly Problem[]): void {
    const { logger } = this.#options;
    const told = new Set(this.#problems.map(lineOf));
    for (const problem of problems) if (!told.has(lineOf(problem))) logger.warn(lineOf(problem));
    if (problems.length === 0 && this.#problems.length > 0) logger.info('the lists of BMCs are sound again');
    this.#problems = problems;
  }
}

function lineOf({ where, message }: Problem): string {
  return `${where}: ${message}`;
}

/** Of several servers of one name the first counts, also where it is switched off. */
function choose(placed: readonly PlacedServer[]): { chosen: ServerEntry[]; doubles: Problem[] } {
  const chosen: ServerEntry[] = [];
  const doubles: Problem[] = [];
  const places = new Map<string, string>();
  for (const { where, server } of placed) {
    const first = places.get(server.name);
    if (first !== undefined)
      doubles.push({
        where,
        message: `name: there is a server "${server.name}" at ${first} already, which counts; give this one another name`,
      });
    else if (places.size >= maxServers)
      doubles.push({ where, message: `there are more than ${maxServers} servers; this one is left out` });
    else {
      places.set(server.name, where);
      if (server.enabled) chosen.push(server);
    }
  }
  return { chosen, doubles };
}
