import { compareSeverity, type Finding, type Group } from '#shared/model/index.ts';
import type { Part } from './audience.ts';
import { isFirstWord, isHandled, type Member, type Reason } from './decide.ts';
import { isJoinable, leadOf, ringsFor, toldOf, withMember } from './group.ts';

/** What a channel is told of a finding, and what part it has by the finding's route; none where it was told of it before. */
export interface Word {
  readonly channel: string;
  readonly reason: Reason;
  readonly part: Part | undefined;
}

/** The group as it is after a word about one of its members: where it rings, who joins its card from now on, and whom it calls. */
export function rung(group: Group, finding: Finding, { reason, part }: Word, now: number): Group {
  const isFirst = isFirstWord(reason);
  if (!isFirst && !(reason === 'escalated' && ringsFor(group, finding, now))) return group;
  const key = finding.pinned === true ? undefined : (part?.destination.groupKey ?? group.key);
  const before = isJoinable(group, now) ? group.severity : undefined;
  const isMoreSevere = before === undefined || compareSeverity(finding.severity, before) > 0;
  return {
    ...group,
    ...(toldOf(group).length > 1 && { lead: finding.id }),
    ...(key !== undefined && { key, severity: isMoreSevere ? finding.severity : before }),
    ...(key !== undefined && isFirst && part !== undefined && { joinUntil: now + part.destination.groupMs }),
    ...(part !== undefined && goalsOf(group, part)),
  };
}

/** Only the first channel calls people by name; somebody's own channel has nobody to take its place. */
function goalsOf({ tell = [] }: Group, { role, destination }: Part): Pick<Group, 'tell' | 'fallback'> {
  return {
    ...(role === 'first' && { tell: [...new Set([...tell, ...destination.tell])] }),
    ...(role !== 'person' && { fallback: [...destination.fallback] }),
  };
}

/** The member with what comes next where nobody takes it on: from its first word on, until somebody does or it is over. */
export function withEscalations(
  member: Member,
  finding: Finding,
  { reason, part }: Word,
  now: number,
): Member {
  const { escalations, ...rest } = member;
  if (finding.acknowledged !== undefined || finding.state === 'resolved') return rest;
  if (!isFirstWord(reason)) return member;
  if (part?.role !== 'first' || part.destination.escalate.length === 0) return rest;
  const { escalate } = part.destination;
  return {
    ...rest,
    escalations: escalate.map(({ afterMs, channels, tell }) => ({
      dueAt: now + afterMs,
      channels: [...channels],
      tell: [...tell],
    })),
  };
}

/**
 * The group without what would come next for its members, where somebody has taken on what its card is about just now: who does takes
 * on all that is on the card by then. What joins later is for somebody to take on again.
 *
 * @param before the group as it was, and what was said of the finding until now
 */
export function takenOn(
  group: Group,
  finding: Finding,
  before: { group: Group; member: Member } | undefined,
): Group {
  if (before === undefined || finding.acknowledged === undefined) return group;
  if (!isHandled(finding, before.member) || leadOf(before.group) !== finding.id) return group;
  return group.members.reduce((now, { escalations: _escalations, ...rest }) => withMember(now, rest), group);
}
