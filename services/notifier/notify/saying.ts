import { type Finding, type Group, isDrill, type MessageReason } from '#shared/model/index.ts';
import type { Reason } from './decide.ts';
import { isAllResolved, leadOf, ringsFor, toldOf } from './group.ts';

/** An update of a card waits so long for the next one. */
const settleMs = 2000;

/** A critical incident that joins a card which cannot be updated is named within half a minute, the queue's time included. */
const criticalFollowUpMs = 15_000;

type Pending = NonNullable<Group['pending']>;
type QuietReason = Pending['reason'];

/**
 * How something is said of one incident of a group: at once (`about`: that one is what the message is about, else the group's lead),
 * with what else there is to say by then, or not by itself.
 */
export type Saying =
  | { readonly when: 'now'; readonly reason: Reason | 'joined'; readonly about?: string }
  | { readonly when: 'later'; readonly pending: Pending }
  | { readonly when: 'never' };

export interface Card {
  /** The group, with what there is to say worked in. */
  readonly group: Group;
  /** The group as it was; absent where there was none. */
  readonly before: Group | undefined;
  /** True where a first word joins a card that has rung for its like. */
  readonly isJoin: boolean;
  readonly canUpdate: boolean;
}

/**
 * How a channel is told. What is to ring goes at once, and is about the incident that it is of. Where cards are kept up to date,
 * all else changes the card, some changes at a time. Where they are not, a card with one incident has a note for each; those of a
 * card with several have one of what has joined when no more can join, one of what a person did, and one of the end of all.
 */
export function sayingOf(finding: Finding, reason: Reason, card: Card, now: number): Saying {
  const { group, before, isJoin, canUpdate } = card;
  if (isJoin) return canUpdate ? soon('joined', group, now) : followUp(finding, group, now);
  if (reason === 'opened' || reason === 'reopened') return { when: 'now', reason, about: finding.id };
  const isAlone = toldOf(group).length <= 1;
  const isLead = isAlone || leadOf(before ?? group) === finding.id;
  if (reason === 'escalated') {
    if (ringsFor(before ?? group, finding, now)) return { when: 'now', reason, about: finding.id };
    return canUpdate ? soon('joined', group, now) : followUp(finding, group, now);
  }
  if (canUpdate) {
    const isPart = reason === 'resolved' ? !isAllResolved(group) : !isLead;
    return soon(isPart ? 'joined' : reason, group, now);
  }
  switch (reason) {
    case 'resolved':
      // That a drill is over is no news: its card said that nothing is wrong.
      return isAllResolved(group) && !isDrill(finding) ? { when: 'now', reason } : { when: 'never' };
    case 'handled':
      // Silence is told of as that.
      return isQuietAction(finding) ? { when: 'never' } : { when: 'now', reason, about: finding.id };
    case 'concluded':
    case 'affected':
    case 'flapping':
    case 'muted':
      return isLead ? { when: 'now', reason, about: finding.id } : { when: 'never' };
  }
}

/** A change that nobody is told of, but which the card shows where it can be changed. */
export function showing(card: Card, now: number): Saying {
  if (!card.canUpdate || toldOf(card.group).length === 0) return { when: 'never' };
  return soon(isAllResolved(card.group) ? 'resolved' : 'handled', card.group, now);
}

function isQuietAction({ history }: Finding): boolean {
  const action = history?.at(-1)?.action;
  return action === 'not-a-problem' || action?.startsWith('silence-') === true;
}

/** At once where the card was not changed a moment ago; else with what else changes within it. */
function soon(reason: QuietReason, group: Group, now: number): Saying {
  const { pending, saidAt = 0 } = group;
  const merged = pending === undefined || pending.reason === reason ? reason : 'joined';
  const dueAt = Math.min(pending?.dueAt ?? Number.POSITIVE_INFINITY, saidAt + settleMs);
  if (dueAt > now) return { when: 'later', pending: { reason: merged, dueAt } };
  return { when: 'now', reason: isAllResolved(group) ? 'resolved' : merged };
}

/** In one follow-up at the window's end, with all that join until then; but what is critical is not kept from people for so long. */
function followUp({ severity }: Finding, { pending, joinUntil = 0 }: Group, now: number): Saying {
  const dueAt = severity === 'critical' ? Math.min(joinUntil, now + criticalFollowUpMs) : joinUntil;
  const reason = pending?.reason ?? 'joined';
  return { when: 'later', pending: { reason, dueAt: Math.min(dueAt, pending?.dueAt ?? dueAt) } };
}

/** Whether the group's next message says what waits as well: it is the whole card, or tells of all. */
export function isWholeCard(reason: MessageReason, canUpdate: boolean): boolean {
  return (
    canUpdate || reason === 'opened' || reason === 'reopened' || reason === 'joined' || reason === 'resolved'
  );
}
