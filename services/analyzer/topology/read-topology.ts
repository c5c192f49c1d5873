import { z } from 'zod';
import { type Mistake, mistakeText } from '#shared/config/mistake.ts';
import { readSource } from '#shared/config/source.ts';
import { closest } from '#shared/config/suggest.ts';
import { LogpatrolError } from '#shared/errors/index.ts';

const serviceName = z.string().min(1).max(512);
/** A service without anything below it may be written without a value. */
const Service = z.strictObject({ 'depends-on': z.array(serviceName).max(1000).default([]) }).nullable();
const TopologyFile = z.strictObject({ services: z.record(serviceName, Service) });

/** Each service with what it depends on directly. */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

export interface TopologyReading {
  readonly dependencies: Dependencies;
  /** One line for each thing that is sound, but may not be what was meant. */
  readonly warnings: readonly string[];
}

/**
 * Reads a topology file: `services: { shop: { depends-on: [mysql, redis] } }`.
 *
 * @throws LogpatrolError `invalid-config` that lists every mistake with file, line and field; a cycle with its whole path
 */
export function readTopology(file: string): TopologyReading {
  const source = readSource(file);
  if (source.mistakes.length > 0) throw invalid(source.mistakes);
  const parsed = TopologyFile.safeParse(source.data);
  if (!parsed.success)
    throw invalid(
      parsed.error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => mistakeAt([...issue.path, key], unknownField(key, issue.path.length)))
          : [mistakeAt(issue.path, issue.message.replace(/^Invalid input: /, ''))],
      ),
    );
  const dependencies = new Map(
    Object.entries(parsed.data.services).map(([name, service]) => [name, service?.['depends-on'] ?? []]),
  );
  const cycles = cyclesOf(dependencies).map((cycle) =>
    mistakeAt(['services', cycle[0] ?? '', 'depends-on'], `depends on itself: ${cycle.join(' → ')}`),
  );
  if (cycles.length > 0) throw invalid(cycles);
  return { dependencies, warnings: unknownNames() };

  function mistakeAt(path: readonly PropertyKey[], message: string): Mistake {
    return { where: source.locate(path), path, message };
  }

  function unknownNames(): string[] {
    return [...dependencies].flatMap(([name, needed]) =>
      needed.flatMap((each, index) => {
        if (dependencies.has(each)) return [];
        const meant = closest(each, [...dependencies.keys()]);
        const hint = meant === undefined ? `write \`${each}: {}\` if it is right` : `did you mean ${meant}?`;
        const path = ['services', name, 'depends-on', index];
        return [mistakeText(mistakeAt(path, `there is no service "${each}" in this file; ${hint}`))];
      }),
    );
  }
}

function unknownField(key: string, depth: number): string {
  const known = depth === 0 ? 'services' : 'depends-on';
  const isMeant = closest(key, [known]) !== undefined;
  return isMeant
    ? `there is no such field; did you mean ${known}?`
    : `there is no such field; known here: ${known}`;
}

function invalid(mistakes: readonly Mistake[]): LogpatrolError {
  const lines = mistakes.map((mistake) => `  ${mistakeText(mistake)}`);
  const many = lines.length === 1 ? 'a mistake' : `${lines.length} mistakes`;
  return new LogpatrolError('invalid-config', `the topology has ${many}:\n${lines.join('\n')}`);
}

/**
 * Every cycle that a walk in depth from each service closes, as the names on it, the first one again at the end. Without
 * recursion, for a chain may be long.
 */
function cyclesOf(dependencies: Dependencies): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  for (const root of dependencies.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const waiting: { name: string; leave: boolean }[] = [{ name: root, leave: false }];
    for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
      const { name, leave } = step;
      if (leave) {
        path.pop();
        onPath.delete(name);
        done.add(name);
      } else if (onPath.has(name)) cycles.push([...path.slice(path.indexOf(name)), name]);
      else if (!done.has(name)) {
        path.push(name);
        onPath.add(name);
        waiting.push({ name, leave: true });
        for (const next of (dependencies.get(name) ?? []).toReversed())
          waiting.push({ name: next, leave: false });
      }
    }
  }
  return cycles;
}
