import { compareSeverity, type Finding, type Group, type Severity } from '#shared/model/index.ts';
import type { Member } from './decide.ts';

/** So many findings share a card at most: then the next one begins, so that each is literally on one. */
const mostMembers = 50;

/** Members of which the channel was told. */
export function toldOf(group: Group): readonly Member[] {
  return group.members.filter(({ untold }) => untold === undefined);
}

const goesOn = ({ state }: Member): boolean => state !== 'resolved';

/** Whether nothing of it goes on. */
export function isOver(group: Group): boolean {
  return !group.members.some(goesOn);
}

/** Whether everything is over that the channel was told of. */
export function isAllResolved(group: Group): boolean {
  return !toldOf(group).some(goesOn);
}

/**
 * The incident that the group's card is about: of those that go on the one that was put first, else the most severe, else the first of
 * them; where none goes on, the same of all. `undefined` where the channel was told of none.
 */
export function leadOf(group: Group): string | undefined {
  const told = toldOf(group);
  const open = told.filter(goesOn);
  const pool = open.length > 0 ? open : told;
  const put = pool.find(({ incidentId }) => incidentId === group.lead);
  return (put ?? pool.toSorted((a, b) => compareSeverity(b.severity, a.severity))[0])?.incidentId;
}

/** Whether a first word of this finding may stand on the group's card, and ring nobody. */
export function takesIn(group: Group, { id, severity }: Finding, now: number): boolean {
  const others = group.members.filter(({ incidentId }) => incidentId !== id);
  return (
    isJoinable(group, now) &&
    covers(group, severity) &&
    others.length < mostMembers &&
    others.some((member) => member.untold === undefined && goesOn(member))
  );
}

/** Whether like findings still join it. */
export function isJoinable({ joinUntil }: Group, now: number): boolean {
  return joinUntil !== undefined && joinUntil > now;
}

/** Whether its card has rung for as severe a finding. */
export function covers(group: Group, severity: Severity): boolean {
  return group.severity !== undefined && compareSeverity(group.severity, severity) >= 0;
}

/** Whether a rise to this finding's severity is news on the group's card: of several, one may have rung for it already. */
export function ringsFor(group: Group, { severity }: Finding, now: number): boolean {
  return toldOf(group).length <= 1 || !isJoinable(group, now) || !covers(group, severity);
}

/** The number of the group's last message; in what an earlier version wrote, that of the finding's revision. */
export function numberOf({ number, members }: Group): number {
  return number ?? Math.max(0, ...members.map(({ revision }) => revision));
}

/** The group's next deadline, in milliseconds since the epoch. */
export function nextDueOf({ pending, members }: Group): number | undefined {
  let next = pending?.dueAt ?? Number.POSITIVE_INFINITY;
  for (const { escalations } of members) next = Math.min(next, escalations?.[0]?.dueAt ?? next);
  return next === Number.POSITIVE_INFINITY ? undefined : next;
}

/** The group with this member in the place of what it had of the same incident, or as its last. */
export function withMember(group: Group, member: Member): Group {
  const { members } = group;
  const index = members.findIndex(({ incidentId }) => incidentId === member.incidentId);
  return { ...group, members: index < 0 ? [...members, member] : members.with(index, member) };
}

/** A group that this finding is the first of. */
export function newGroup(channel: string, { id }: Finding, now: number): Group {
  const at = new Date(now).toISOString();
  return { id: `${channel}:${id}`, channel, members: [], number: 0, createdAt: at, updatedAt: at };
}
