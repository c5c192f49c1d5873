import type { Config } from '#shared/config/index.ts';
import { compareSeverity, type Finding } from '#shared/model/index.ts';
import { type Destination, meantBy, type Preferences, routeFinding, wishOf } from '#shared/routing/index.ts';
import type { Member } from './decide.ts';

export type AudienceConfig = Pick<
  Config,
  'routing' | 'routes' | 'channels' | 'people' | 'teams' | 'drill' | 'operator'
>;

/** Why a channel hears of a finding. */
export interface Part {
  readonly destination: Destination;
  /** `first`: people work on its card; `person`: it is the own channel of somebody who is to be told. */
  readonly role: 'first' | 'also' | 'person';
}

/** The channels that the finding is routed to at this moment, each with its part. */
export function routedTo(
  finding: Finding,
  config: AudienceConfig,
  preferences: Preferences,
  now: number,
): ReadonlyMap<string, Part> {
  const { destinations } = routeFinding(finding, config, now);
  const parts = new Map<string, Part>();
  for (const role of ['first', 'also', 'person'] as const)
    for (const destination of destinations)
      for (const channel of channelsFor(role, destination, finding, config, preferences))
        if (!parts.has(channel) && Object.hasOwn(config.channels, channel))
          parts.set(channel, { destination, role });
  return parts;
}

function channelsFor(
  role: Part['role'],
  { channels, tell }: Destination,
  { severity }: Finding,
  config: AudienceConfig,
  preferences: Preferences,
): readonly string[] {
  switch (role) {
    case 'first':
      return channels.slice(0, 1);
    case 'also':
      return channels.slice(1);
    case 'person':
      // Where no channel hears of it, it is to be quiet.
      return channels.length === 0 ? [] : ownChannels(tell, severity, config, preferences);
  }
}

/** The own channels of those of these people and teams who are told of what is so severe. */
export function ownChannels(
  names: readonly string[],
  severity: Finding['severity'],
  config: AudienceConfig,
  preferences: Preferences,
): string[] {
  return meantBy(names, severity, config, preferences).flatMap(({ isTold, channel }) =>
    isTold && channel !== undefined ? [channel] : [],
  );
}

/** True where the channel is somebody's own, and they want to hear nothing at all. */
export function isUnwanted(channel: string, config: AudienceConfig, preferences: Preferences): boolean {
  const owners = Object.keys(config.people).filter((who) => config.people[who]?.channel === channel);
  return owners.length > 0 && owners.every((who) => wishOf(who, config, preferences)?.tell === false);
}

/**
 * Whether channels that have heard nothing of an incident yet hear of it by this revision, though others have: it has become more
 * severe than those were told, or has begun again. Else who was told first goes on being told, whatever the hour.
 *
 * @param known what the others were told of it
 */
export function isForNewOnes(finding: Finding, known: readonly Member[]): boolean {
  if (known.length === 0) return true;
  if (finding.state === 'resolved') return false;
  return known.every(
    ({ severity, openings, state }) =>
      compareSeverity(finding.severity, severity) > 0 || finding.openings > openings || state === 'resolved',
  );
}
