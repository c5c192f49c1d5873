import type { Finding, Severity } from '#shared/model/index.ts';

/** What routes ask about a finding. */
export interface RoutingFacts {
  readonly type: string;
  readonly service: string;
  readonly severity: Severity;
  /** Each label with all the values that it has: a finding can be of several hosts. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
}

/** Longer values are matched, and grouped, by their beginning: text from logs can be of any length. */
const mostCharacters = 256;

/**
 * What routes ask about this finding. Its labels are those of its rule, what the rule has captured, and `host`, `rule`, `pack`,
 * `domain`, `service`, `type`, `owner` and `asset.<fact>`; the latter are the finding's own, whatever a rule or a line calls so.
 */
export function routingFacts(finding: Finding): RoutingFacts {
  const { type, service, severity, rule, pack, domain, hosts, assets = [] } = finding;
  const labels = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries({ ...finding.captures, ...finding.labels }))
    labels.set(name, [short(value)]);
  for (const [name, value] of Object.entries({ rule, pack, domain, service, type }))
    labels.set(name, [short(value)]);
  labels.set('host', distinct(hosts));
  labels.set('owner', distinct(assets.flatMap(({ owner }) => owner ?? [])));
  for (const fact of new Set(assets.flatMap(({ facts }) => Object.keys(facts))))
    labels.set(`asset.${fact}`, distinct(assets.flatMap(({ facts }) => facts[fact] ?? [])));
  return { type, service: short(service), severity, labels };
}

/** On one line, for patterns do not go over the end of one. */
function short(value: string): string {
  return value.slice(0, mostCharacters).replaceAll(/\s+/g, ' ').toWellFormed();
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values.map(short))];
}

/** What findings that share a card have in common, as text; `undefined` where the route wants a card for each. */
export function groupKeyOf(groupBy: readonly string[], { labels }: RoutingFacts): string | undefined {
  if (groupBy.length === 0) return undefined;
  return JSON.stringify(groupBy.map((name) => labels.get(name)?.toSorted() ?? []));
}
