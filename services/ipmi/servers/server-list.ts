import type { IpmiServer } from '#shared/config/ipmi-schema.ts';
import { type Origin, readEntry } from './entry.ts';
import { bounded, type Problem } from './problem.ts';

/** A server, and where it stands. */
export interface PlacedServer {
  readonly where: string;
  readonly server: IpmiServer;
}

/** What one list says. */
export interface ServerList {
  readonly servers: readonly PlacedServer[];
  readonly problems: readonly Problem[];
}

/** More than can be polled; the rest of a list is left out. */
export const maxServers = 10_000;

/**
 * Reads the entries of a list.
 *
 * @param place what stands before a mistake of the entry with this index
 * @throws Error where there are entries, and none of them can be used: something is wrong with the list, not with servers
 */
export function readServers(
  raw: readonly unknown[],
  options: { readonly origin: Origin; readonly list: string; readonly place: (index: number) => string },
): ServerList {
  const { origin, list, place } = options;
  const servers: PlacedServer[] = [];
  const problems: Problem[] = [];
  for (const [index, each] of raw.slice(0, maxServers).entries()) {
    const where = place(index);
    const { entry, mistakes } = readEntry(each, origin);
    const end = entry === undefined ? '; the server is left out' : '';
    problems.push(...mistakes.map((message) => ({ where, message: `${message}${end}` })));
    if (entry !== undefined) servers.push({ where, server: entry });
  }
  if (raw.length > maxServers)
    problems.push({
      where: list,
      message: `it has ${raw.length} servers; those beyond ${maxServers} are left out`,
    });
  const [first] = problems;
  if (servers.length === 0 && first !== undefined)
    throw new Error(
      `no server of it (${raw.length}) can be used; the first: ${first.where}: ${first.message}`,
    );
  return { servers, problems: bounded(problems, list) };
}
