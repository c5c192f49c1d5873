import type { Clear, Exemplar } from '#shared/model/index.ts';
import type { BatchOrigin } from './hits.ts';
import type { RuleEnding } from './matcher.ts';
import { sliceWidth } from './slices.ts';

/** Hosts in one signal; the next one takes those beyond. */
const maxHosts = 1000;

/** One line that ends what a rule began. Moments are milliseconds since the epoch. */
export interface LineEnding extends RuleEnding {
  readonly service: string;
  readonly host: string;
  readonly time: number;
  readonly arrivedAt: number;
  /** Asked for only where the line is the first of its kind. */
  exemplar(): Exemplar;
}

interface Tally {
  readonly first: LineEnding;
  readonly exemplar: Exemplar;
  /** Event time of the last such line, by host. */
  readonly hosts: Map<string, number>;
  arrivedAt: number;
}

/** Gathers the endings of a batch by rule, purpose, service and captures; those that excuse, by slices of their time as well. */
export class ClearTally {
  readonly #tallies = new Map<string, Tally>();

  add(line: LineEnding): void {
    const { rule, purpose, service, captures, time } = line;
    // What is excused must have come shortly before: of a batch of hours the last such line would excuse the last failure only.
    const slice =
      purpose === 'unless' && rule.unlessWithinMs !== undefined
        ? Math.floor(time / sliceWidth(rule.unlessWithinMs))
        : 0;
    const key = JSON.stringify([rule.id, purpose, service, Object.entries(captures), slice]);
    let tally = this.#tallies.get(key);
    if (tally === undefined) {
      tally = { first: line, exemplar: line.exemplar(), hosts: new Map(), arrivedAt: line.arrivedAt };
      this.#tallies.set(key, tally);
    }
    tally.arrivedAt = Math.max(tally.arrivedAt, line.arrivedAt);
    tally.hosts.set(line.host, Math.max(tally.hosts.get(line.host) ?? time, time));
  }

  /** The signals, in the order of their first lines; then it is empty. */
  take(origin: BatchOrigin): Clear[] {
    const clears = [...this.#tallies.values()].flatMap((tally, number) => toClears(tally, number, origin));
    this.#tallies.clear();
    return clears;
  }
}

function toClears(
  { first, exemplar, hosts, arrivedAt }: Tally,
  number: number,
  origin: BatchOrigin,
): Clear[] {
  const seen = [...hosts].map(([name, time]) => ({ name, lastSeen: new Date(time).toISOString() }));
  const clears: Clear[] = [];
  for (let from = 0; from < seen.length; from += maxHosts)
    clears.push({
      kind: 'clear',
      id: `${origin.topic}-${origin.partition}-${origin.firstOffset}-clear-${number}-${from / maxHosts}`,
      domain: origin.domainOf(first.service),
      rule: first.rule.id,
      purpose: first.purpose,
      service: first.service,
      type: origin.type,
      hosts: seen.slice(from, from + maxHosts),
      arrivedAt: new Date(arrivedAt).toISOString(),
      ...(Object.keys(first.captures).length > 0 && { captures: { ...first.captures } }),
      exemplar,
    });
  return clears;
}
