import type { Config } from '#shared/config/index.ts';
import type { Destination } from './route.ts';

/** The channel that cards of drills go to, and no other: the drill's own, else the operator's, else the first. */
export function drillChannel({
  drill,
  operator,
  channels,
}: Pick<Config, 'drill' | 'operator' | 'channels'>): string {
  return drill.channel ?? operator.channel ?? Object.keys(channels)[0] ?? 'console';
}

/** Where a drill goes, whatever the routes say: a card of its own on one channel, and nobody is called. */
export function drillDestination(settings: Pick<Config, 'drill' | 'operator' | 'channels'>): Destination {
  return {
    path: ['drill'],
    channels: [drillChannel(settings)],
    fallback: [],
    tell: [],
    escalate: [],
    groupBy: [],
    groupMs: 0,
  };
}
