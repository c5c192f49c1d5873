import type { Config, RouteConfig } from '#shared/config/index.ts';

type ChannelSettings = Pick<Config, 'routing' | 'routes' | 'channels' | 'people'>;

/**
 * The channels that hear of a log type where routing names none: those of the type, or all of them but those that are there for
 * a purpose alone (a person's own, an escalation's, a fallback). Where there are no others, it is all of them: a card too many is
 * the safe way to fail.
 */
export function channelsOfType(type: string, settings: ChannelSettings): readonly string[] {
  return settings.routes[type]?.channels ?? generalChannels(settings);
}

/** It is asked for with each finding, and walks the whole tree. */
const known = new WeakMap<ChannelSettings, readonly string[]>();

function generalChannels(settings: ChannelSettings): readonly string[] {
  const before = known.get(settings);
  if (before !== undefined) return before;
  const routes = routesBelow(settings.routing);
  const meant = new Set<string | undefined>([
    ...routes.flatMap(({ channel, also = [] }) => [channel, ...also]),
    ...Object.values(settings.routes).flatMap(({ channels = [] }) => channels),
  ]);
  const special = new Set<string | undefined>([
    ...Object.values(settings.people).map(({ channel }) => channel),
    ...routes.flatMap(({ fallback = [], escalate = [] }) => [
      ...fallback,
      ...escalate.flatMap(({ channels }) => channels),
    ]),
  ]);
  const all = Object.keys(settings.channels);
  const general = all.filter((channel) => meant.has(channel) || !special.has(channel));
  const found = general.length === 0 ? all : general;
  known.set(settings, found);
  return found;
}

type AnyRoute = Partial<RouteConfig>;

/** The route and all below it. */
function routesBelow(route: AnyRoute): AnyRoute[] {
  return [route, ...(route.routes ?? []).flatMap((inner) => routesBelow(inner))];
}
