import { watch } from 'chokidar';
import type { Logger } from 'pino';
import { messageOf } from '#shared/errors/index.ts';
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
 * Changes are told by the system; where it does not tell (a network file system, a mounted ConfigMap), the file is looked at
 * every some seconds all the same.
 *
 * @throws LogpatrolError `invalid-config` where the file cannot be read or has mistakes at the start
 */
export function openTopology({ file, logger, pollMs = 2000 }: TopologyOptions): Topology {
  let current = take(file, logger);
  let failure = '';
  const look = (): void => {
    try {
      const { dependencies } = readTopology(file);
      failure = '';
      if (sameText(dependencies, current.dependencies)) return;
      current = take(file, logger);
      logger.info({ file, services: current.dependencies.size }, 'topology: read again');
    } catch (thrown) {
      // Once for each mistake, not at each look.
      if (failure === messageOf(thrown)) return;
      failure = messageOf(thrown);
      logger.error({ file }, `the topology of before stays in force: ${failure}`);
    }
  };
  const watcher = watch(file, { ignoreInitial: true, atomic: true, ignorePermissionErrors: true });
  // `ready`: what changes before the watch stands is told by nobody.
  for (const event of ['ready', 'add', 'change', 'unlink'] as const) watcher.on(event, look);
  // Without events there is still the look every some seconds.
  watcher.on('error', () => undefined);
  const timer = setInterval(look, pollMs);
  timer.unref();
  return {
    dependenciesOf: (service) => current.closureOf(service),
    close: async () => {
      clearInterval(timer);
      await watcher.close();
    },
  };
}

function sameText(a: Dependencies, b: Dependencies): boolean {
  return JSON.stringify([...a]) === JSON.stringify([...b]);
}

interface Closed {
  readonly dependencies: Dependencies;
  closureOf(service: string): ReadonlySet<string>;
}

function take(file: string, logger: Logger): Closed {
  const { dependencies, warnings } = readTopology(file);
  for (const warning of warnings) logger.warn(`topology: ${warning}`);
  return transitive(dependencies);
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
  return { dependencies, closureOf };
}
