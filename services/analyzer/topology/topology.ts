import type { Logger } from 'pino';
import { followFile } from '#shared/disk/follow-file.ts';
import { type Dependencies, readTopology } from './read-topology.ts';

/** Which services need which, as the file says at the moment. */
export interface Topology {
  /** Every service that this one needs, directly or through others; itself not among them. The same set until the file changes. */
  dependenciesOf(service: string): ReadonlySet<string>;
  close(): Promise<void>;
}

export interface TopologyOptions {
  readonly file: string;
  readonly logger: Logger;
  /** Between two looks at the file where the system does not tell of its changes. Default: 2 s. */
  readonly pollMs?: number;
}

const nothing: ReadonlySet<string> = new Set();

/**
 * The topology of a file, read again whenever it changes. A change with a mistake in it is logged, and what was read before stays.
 *
 * @throws LogpatrolError `invalid-config` where the file cannot be read or has mistakes at the start
 */
export function openTopology({ file, logger, pollMs }: TopologyOptions): Topology {
  const read = (): Closed => {
    const { dependencies, warnings } = readTopology(file);
    for (const warning of warnings) logger.warn(`topology: ${warning}`);
    return transitive(dependencies);
  };
  const followed = followFile({ file, what: 'the topology', logger, read, pollMs });
  return {
    dependenciesOf: (service) => followed.current.closureOf(service),
    close: () => followed.close(),
  };
}

interface Closed {
  closureOf(service: string): ReadonlySet<string>;
}

/** Each service's dependencies through any number of others, found when they are first asked for. */
function transitive(dependencies: Dependencies): Closed {
  const found = new Map<string, ReadonlySet<string>>();
  const closureOf = (service: string): ReadonlySet<string> => {
    if (!dependencies.has(service)) return nothing;
    const known = found.get(service);
    if (known !== undefined) return known;
    const reached = new Set<string>();
    const waiting = [...(dependencies.get(service) ?? [])];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (reached.has(name) || name === service) continue;
      reached.add(name);
      waiting.push(...(dependencies.get(name) ?? []));
    }
    found.set(service, reached);
    return reached;
  };
  return { closureOf };
}
