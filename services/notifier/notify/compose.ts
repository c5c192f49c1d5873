import type { Config } from '#shared/config/index.ts';
import {
  type CardMember,
  compareSeverity,
  type Finding,
  type Group,
  type HeldBack,
  type Mention,
  type Message,
  type MessageReason,
} from '#shared/model/index.ts';
import { meantBy, type Preferences } from '#shared/routing/index.ts';
import { numberOf, toldOf } from './group.ts';
import type { KnownFindings } from './known-findings.ts';

export interface Composing {
  readonly config: Pick<Config, 'people' | 'teams' | 'channels'>;
  readonly preferences: Preferences;
  readonly findings: KnownFindings;
  /** Whether the channel's cards are kept up to date: they call their people by name as long as they are there. */
  readonly canUpdate: boolean;
}

/** What makes a channel ring, so that people are called by name. */
const ringing: ReadonlySet<MessageReason> = new Set(['opened', 'reopened', 'escalated', 'unacknowledged']);

/**
 * The next message of a group: what its card is about, with all others that are on it.
 *
 * @param finding what it is about; brief
 */
export function messageOf(
  group: Group,
  finding: Finding,
  reason: MessageReason,
  { config, preferences, findings, canUpdate }: Composing,
  now: number,
  heldBack?: HeldBack,
): Message {
  const { id: groupId, channel } = group;
  const others = othersOf(group, finding.id, findings);
  const isCalling = canUpdate || ringing.has(reason);
  const mentions = isCalling ? mentionsOf(group, finding, config, preferences) : [];
  const fallback = (group.fallback ?? []).filter(
    (name) => name !== channel && Object.hasOwn(config.channels, name),
  );
  return {
    id: `${groupId}:${numberOf(group)}`,
    traceId: finding.traceId,
    channel,
    groupId,
    reason,
    finding,
    ...(others.length > 0 && { others, otherCount: others.length }),
    ...(mentions.length > 0 && { mentions }),
    ...(fallback.length > 0 && { fallback }),
    ...(heldBack && { heldBack }),
    queuedAt: new Date(now).toISOString(),
  };
}

/** The most severe first; of like ones those that go on, and then the first. */
function othersOf(group: Group, about: string, findings: KnownFindings): CardMember[] {
  return toldOf(group)
    .filter(({ incidentId }) => incidentId !== about)
    .flatMap(({ incidentId }) => findings.get(incidentId)?.card ?? [])
    .sort(
      (a, b) =>
        compareSeverity(b.severity, a.severity) ||
        Number(a.state === 'resolved') - Number(b.state === 'resolved'),
    );
}

function mentionsOf(
  { tell = [] }: Group,
  { severity }: Finding,
  config: Composing['config'],
  preferences: Preferences,
): Mention[] {
  return meantBy(tell, severity, config, preferences)
    .filter(({ isTold }) => isTold)
    .map(({ mention }) => mention);
}
