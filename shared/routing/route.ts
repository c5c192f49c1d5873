import type { Config, RouteConfig } from '#shared/config/index.ts';
import { type Finding, isDrill } from '#shared/model/index.ts';
import { channelsOfType } from './channels.ts';
import { type Check, checksOf } from './conditions.ts';
import { drillDestination } from './drill.ts';
import { groupKeyOf, type RoutingFacts, routingFacts } from './facts.ts';

export type RoutingSettings = Pick<
  Config,
  'routing' | 'routes' | 'channels' | 'people' | 'drill' | 'operator'
>;

/** A route as it was looked at. */
export interface LookedAt {
  /** Empty for the root. */
  readonly name: string;
  /** `not-asked`: one before it fits, and does not go on to it. */
  readonly verdict: 'fits' | 'does-not-fit' | 'not-asked';
  readonly checks: readonly Check[];
  /** True where the finding goes by what stands here. */
  readonly isTaken: boolean;
  readonly routes: readonly LookedAt[];
}

/** Where one route sends a finding, with all that it has from those above it. */
export interface Destination {
  /** Names of the routes that lead to it; empty for the root. */
  readonly path: readonly string[];
  /** The first one has the card that people work on; empty: nobody is told. */
  readonly channels: readonly string[];
  /** Channels that take it, in this order, where one does not; none that is told anyway. */
  readonly fallback: readonly string[];
  /** Keys of people and teams. */
  readonly tell: readonly string[];
  readonly escalate: readonly Escalation[];
  readonly groupBy: readonly string[];
  readonly groupMs: number;
  /** The same for findings that share a card on a channel; absent: each has its own. */
  readonly groupKey?: string;
}

export interface Escalation {
  readonly afterMs: number;
  readonly channels: readonly string[];
  readonly tell: readonly string[];
}

export interface Routing {
  readonly tree: LookedAt;
  /** One, and more where a route that fits says `continue`. */
  readonly destinations: readonly Destination[];
}

type Goal = Omit<RouteConfig, 'name' | 'when' | 'continue' | 'routes'>;

const minute = 60_000;

/**
 * Where a finding goes, and why: the tree of routes is walked as Alertmanager does. Of the routes below one that fits the first
 * that fits is taken, and the next ones are looked at too where that says `continue`; where none fits, the route itself is it.
 * What a route leaves out is as its parent has it. A drill goes to its own channel, whatever the routes say. Pure.
 *
 * @param now milliseconds since the epoch: routes can be meant for certain hours
 */
export function routeFinding(finding: Finding, settings: RoutingSettings, now: number): Routing {
  if (isDrill(finding)) return drillRouting(settings);
  const facts = routingFacts(finding);
  const destinations: Destination[] = [];
  const root = { ...settings.routing, name: '', when: {}, continue: false };
  const walk = (route: RouteConfig, path: readonly string[], above: Goal): LookedAt => {
    const checks = checksOf(route.when, facts, now);
    const { name } = route;
    if (!checks.every(({ fits }) => fits))
      return { name, verdict: 'does-not-fit', checks, isTaken: false, routes: [] };
    const goal = inherited(route, above);
    const before = destinations.length;
    let goesOn = true;
    const routes = (route.routes ?? []).map((inner): LookedAt => {
      if (!goesOn) return { name: inner.name, verdict: 'not-asked', checks: [], isTaken: false, routes: [] };
      const looked = walk(inner, [...path, inner.name], goal);
      goesOn = looked.verdict !== 'fits' || inner.continue;
      return looked;
    });
    const isTaken = destinations.length === before;
    if (isTaken) destinations.push(destinationOf(path, goal, facts, settings));
    return { name, verdict: 'fits', checks, isTaken, routes };
  };
  return { tree: walk(root, [], {}), destinations };
}

function drillRouting(settings: RoutingSettings): Routing {
  const drill = { name: 'drill', verdict: 'fits', checks: [], isTaken: true, routes: [] } as const;
  const tree = { name: '', verdict: 'fits', checks: [], isTaken: false, routes: [drill] } as const;
  return { tree, destinations: [drillDestination(settings)] };
}

function inherited(route: RouteConfig, above: Goal): Goal {
  const { channel, also, fallback, tell, groupBy, groupMinutes, escalate } = route;
  const own = { channel, also, fallback, tell, groupBy, groupMinutes, escalate };
  const said = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { ...above, ...said };
}

function destinationOf(
  path: readonly string[],
  goal: Goal,
  facts: RoutingFacts,
  settings: RoutingSettings,
): Destination {
  const {
    channel,
    also = [],
    fallback = [],
    tell = [],
    groupBy = [],
    groupMinutes = 0,
    escalate = [],
  } = goal;
  const first = channel === undefined ? channelsOfType(facts.type, settings) : [channel];
  const channels = [...new Set([...first, ...also])];
  const key = groupKeyOf(groupBy, facts);
  return {
    path,
    channels,
    fallback: fallback.filter((one) => !channels.includes(one)),
    tell,
    escalate: escalate
      .map(({ afterMinutes, ...rest }) => ({ afterMs: afterMinutes * minute, ...rest }))
      .sort((a, b) => a.afterMs - b.afterMs),
    groupBy,
    groupMs: groupMinutes * minute,
    ...(key !== undefined && groupMinutes > 0 && { groupKey: JSON.stringify([path, key]) }),
  };
}
