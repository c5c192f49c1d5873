import type { Finding, Severity } from '#shared/model/index.ts';
import { routingFacts } from './facts.ts';
import { type Meant, meantBy, type PeopleSettings, type Preferences } from './people.ts';
import { type Destination, type LookedAt, type RoutingSettings, routeFinding } from './route.ts';

/** Where a finding goes and why, for a person or a program to read. */
export interface Explanation {
  readonly finding: {
    readonly id: string;
    readonly title: string;
    readonly service: string;
    readonly type: string;
    readonly severity: Severity;
  };
  /** The moment that it is explained for, in ISO 8601. */
  readonly at: string;
  /** What routes can ask for. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly tree: LookedAt;
  readonly destinations: readonly ExplainedDestination[];
  /** Why a card would not be sent all the same, where the finding says so itself. */
  readonly quiet?: string;
}

export interface ExplainedDestination extends Omit<Destination, 'escalate' | 'tell'> {
  /** Each with its type; the first one has the card that people work on. */
  readonly types: Readonly<Record<string, string>>;
  readonly people: readonly Meant[];
  readonly escalate: readonly {
    readonly afterMs: number;
    readonly channels: readonly string[];
    readonly people: readonly Meant[];
  }[];
  /** What it shares with those on its card, by the names of `groupBy`. */
  readonly groupValues: Readonly<Record<string, readonly string[]>>;
}

/**
 * What becomes of a finding that nobody was told of yet.
 *
 * @param now milliseconds since the epoch
 */
export function explainRouting(
  finding: Finding,
  settings: RoutingSettings & PeopleSettings,
  preferences: Preferences,
  now: number,
): Explanation {
  const { id, title, service, type, severity } = finding;
  const { tree, destinations } = routeFinding(finding, settings, now);
  const { labels } = routingFacts(finding);
  const quiet = quietOf(finding);
  const whom = (names: readonly string[]) => meantBy(names, severity, settings, preferences);
  return {
    finding: { id, title, service, type, severity },
    at: new Date(now).toISOString(),
    labels: Object.fromEntries([...labels].filter(([, values]) => values.length > 0)),
    tree,
    destinations: destinations.map(({ tell, escalate, ...rest }) => ({
      ...rest,
      types: Object.fromEntries(
        rest.channels.map((name) => [name, settings.channels[name]?.type ?? 'unknown']),
      ),
      people: whom(tell),
      escalate: escalate.map((step) => ({ ...step, people: whom(step.tell) })),
      groupValues: Object.fromEntries(rest.groupBy.map((name) => [name, labels.get(name) ?? []])),
    })),
    ...(quiet !== undefined && { quiet }),
  };
}

function quietOf({ muted, pinned, causedBy, old }: Finding): string | undefined {
  if (old) return 'its lines were old when they were read';
  if (pinned === true) return undefined;
  if (muted !== undefined) return `it is muted (${muted.kind} ${muted.control}, by ${muted.by})`;
  if (causedBy !== undefined) return `people are told on the card of its cause, ${causedBy.id}`;
  return undefined;
}
