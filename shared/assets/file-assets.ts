import type { Logger } from 'pino';
import type { DependencyHealth } from '#shared/bus/port.ts';
import { followFile } from '#shared/disk/follow-file.ts';
import type { Asset } from '#shared/model/index.ts';
import { isSameHost, normalHost, shortHost } from '#shared/text/host-name.ts';
import type { Assets } from './port.ts';
import { type PlacedEntry, readInventory } from './read-inventory.ts';

/** Mistakes that are told one by one; the rest as a number. */
const maxTold = 20;

/** All hosts of a file, by name. */
export interface HostTable {
  readonly size: number;
  readonly mistakes: readonly string[];
  find(host: string): Asset | undefined;
}

/**
 * Reads a file's hosts. A host is found by any of its names and addresses; by its name without the domain where only one host has
 * that.
 *
 * @throws LogpatrolError `invalid-config` where nothing of it can be used
 */
export function readHostTable(file: string): HostTable {
  const { entries, mistakes } = readInventory(file);
  const twice: string[] = [];
  const byName = new Map<string, PlacedEntry>();
  const byShortName = new Map<string, { readonly name: string; readonly entry: PlacedEntry }[]>();
  for (const entry of entries)
    for (const host of entry.hosts) {
      const name = normalHost(host);
      const known = byName.get(name);
      if (known !== undefined && known !== entry)
        twice.push(`${file}:${entry.line}: ${host} stands in line ${known.line} already, which counts`);
      if (known !== undefined) continue;
      byName.set(name, entry);
      const short = shortHost(name);
      const alike = byShortName.get(short);
      if (alike === undefined) byShortName.set(short, [{ name, entry }]);
      else alike.push({ name, entry });
    }
  return {
    size: entries.length,
    mistakes: [...mistakes, ...twice],
    find: (host) => {
      const name = normalHost(host);
      const exact = byName.get(name);
      if (exact !== undefined) return { host, ...exact.asset };
      const alike = (byShortName.get(shortHost(name)) ?? []).filter((one) => isSameHost(one.name, name));
      const found = new Set(alike.map(({ entry }) => entry));
      const [only] = found;
      // A wrong owner is worse than none.
      return only !== undefined && found.size === 1 ? { host, ...only.asset } : undefined;
    },
  };
}

/**
 * The inventory of a file, read again whenever it changes.
 *
 * @throws LogpatrolError `invalid-config` where nothing of it can be used at the start
 */
export function openFileAssets(file: string, logger: Logger, pollMs?: number): Assets {
  const read = (): HostTable => {
    const table = readHostTable(file);
    for (const mistake of table.mistakes.slice(0, maxTold)) logger.warn(`inventory: ${mistake}`);
    const more = table.mistakes.length - maxTold;
    if (more > 0)
      logger.warn(`inventory: ${more} more mistakes in ${file}; \`logpatrol doctor\` counts them`);
    return table;
  };
  const followed = followFile({ file, what: 'the inventory', logger, read, pollMs });
  const lookup = (host: string) => followed.current.find(host);
  return {
    lookup,
    fetch: async (host, signal) => {
      signal.throwIfAborted();
      return lookup(host);
    },
    health: async () => fileHealth(file, followed.current),
    close: () => followed.close(),
  };
}

function fileHealth(file: string, { size, mistakes }: HostTable): DependencyHealth {
  const detail = `${file} has ${counted(size, 'host')}`;
  const [first] = mistakes;
  if (first === undefined) return { name: 'inventory', ok: true, detail };
  return {
    name: 'inventory',
    ok: size > 0,
    detail: `${detail}, and ${counted(mistakes.length, 'mistake')}; the first: ${first}`,
    remedy: 'mend the file: what is wrong is left out, the rest is used',
  };
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
