import {
  compareSeverity,
  type Finding,
  type GroupMember,
  type MessageReason,
  type Severity,
} from '#shared/model/index.ts';

export type Member = GroupMember;

/** Why a channel is not told of an incident. */
export type Untold = NonNullable<Member['untold']>;

/** Why a channel is told of one incident by itself; the other reasons are those of groups, deadlines and deliveries. */
export type Reason = Exclude<MessageReason, 'joined' | 'unacknowledged' | 'fallback'>;

/**
 * What a channel hears of a revision: a message; nothing, but it is remembered; nothing yet (`cause`: the incident that has taken
 * it in may be told in a moment; `affected`: more of them may be taken in); or `undefined` where it says nothing new.
 */
export type Decision =
  | { readonly kind: 'tell'; readonly reason: Reason }
  | { readonly kind: 'keep'; readonly untold?: Untold }
  | { readonly kind: 'wait'; readonly on: 'cause' | 'affected' }
  | undefined;

export interface Circumstances {
  /** Whether the channel has been told of the incident that has taken this one in. */
  readonly isCauseTold: boolean;
  /** Whether it has waited long enough. */
  readonly hasWaited: boolean;
  /** Whether the channel's card is kept up to date in place: what rings nobody need not wait. */
  readonly isUpdated: boolean;
}

/**
 * Whether this revision of a finding is worth telling a channel, and why. Only counts have changed, it was told already, or its
 * lines are old: nothing. What was over before anybody could be told, after an outage, is told all the same: once, as a card that
 * says that it is over. What is muted or was taken in by another incident is told once it is so no more, if it still goes on.
 *
 * @param member what the channel was told of the incident last, or why it was not; `undefined` where it never came to that
 */
export function decide(finding: Finding, member: Member | undefined, at: Circumstances): Decision {
  if (member !== undefined && finding.revision <= member.revision) return undefined;
  if (finding.muted !== undefined && finding.pinned !== true) return ofMuted(finding, member);
  return member === undefined || member.untold !== undefined
    ? ofUnheard(finding, member, at)
    : ofHeard(finding, member, at);
}

function tell(reason: Reason): Decision {
  return { kind: 'tell', reason };
}

function ofMuted(finding: Finding, member: Member | undefined): Decision {
  if (member === undefined || member.untold !== undefined)
    // Nobody is to hear of its end when the silence is over.
    return member?.untold === 'muted' && member.state === finding.state ? undefined : keep('muted');
  const isOver = member.state === 'resolved';
  if (finding.state === 'resolved') return isOver ? ofPeople(finding, member) : { kind: 'keep' };
  return isOver || member.muted === true ? ofPeople(finding, member) : tell('muted');
}

/** What people did about what nobody is told of: a card that is kept up to date shows it. */
function ofPeople(finding: Finding, member: Member): Decision {
  return isHandled(finding, member) ? { kind: 'keep' } : undefined;
}

/** Id of the last thing that a person did about the incident. */
function lastAction({ history }: Finding): string | undefined {
  return history?.at(-1)?.id;
}

/** Whether a person did something about the incident that was not told yet. */
export function isHandled(finding: Finding, member: Member): boolean {
  const last = lastAction(finding);
  return last !== undefined && last !== member.handled;
}

function keep(untold: Untold): Decision {
  return { kind: 'keep', untold };
}

function ofUnheard(finding: Finding, member: Member | undefined, at: Circumstances): Decision {
  const resolved = finding.state === 'resolved';
  if (finding.old) return undefined;
  if (member !== undefined && resolved)
    return member.state === 'resolved'
      ? undefined
      : { kind: 'keep', ...(member.untold && { untold: member.untold }) };
  if (isTakenIn(finding)) {
    if (at.isCauseTold) return member?.untold === 'taken-in' ? undefined : keep('taken-in');
    if (!at.hasWaited) return { kind: 'wait', on: 'cause' };
  }
  if (member?.untold !== 'held-back') return tell('opened');
  const isNews =
    member.state === 'resolved' || finding.openings > member.openings || isEscalation(finding, member);
  return isNews ? tell(finding.openings > 1 ? 'reopened' : 'opened') : undefined;
}

function ofHeard(finding: Finding, member: Member, at: Circumstances): Decision {
  const isOver = member.state === 'resolved';
  if (finding.state === 'resolved') return isOver ? ofPeople(finding, member) : tell('resolved');
  // The card of its cause lists it; when that is over, what goes on is told again.
  if (isTakenIn(finding) && at.isCauseTold) return ofPeople(finding, member);
  if (isOver) return tell('reopened');
  if (finding.flapping === true && member.flapping !== true) return tell('flapping');
  if (finding.openings > member.openings && finding.flapping !== true) return tell('reopened');
  if (compareSeverity(finding.severity, member.severity) > 0) return tell('escalated');
  if (isNewVerdict(finding, member)) return tell('concluded');
  if (isHandled(finding, member)) return tell('handled');
  if ((finding.dependantCount ?? 0) <= (member.dependants ?? 0)) return undefined;
  return at.hasWaited || at.isUpdated ? tell('affected') : { kind: 'wait', on: 'affected' };
}

/**
 * True for the first conclusion, and for one whose verdict is another. The same verdict in other words is no news: a model words
 * each of its answers anew.
 */
function isNewVerdict({ conclusion }: Finding, { concluded, verdict }: Member): boolean {
  if (conclusion === undefined) return false;
  return !concluded || (verdict !== undefined && verdict !== conclusion.verdict);
}

function isTakenIn(finding: Finding): boolean {
  return finding.causedBy !== undefined && finding.pinned !== true;
}

/** True where an incident whose card was held back has become critical since: that is never held back. */
export function isEscalation(finding: Finding, member: Member | undefined): boolean {
  return finding.severity === 'critical' && member?.untold === 'held-back' && member.severity !== 'critical';
}

/** The most severe that was told since the incident was opened last: what falls and rises again is not news. */
function severityTold(finding: Finding, member: Member | undefined, reason: MessageReason): Severity {
  if (member === undefined || isFirstWord(reason)) return finding.severity;
  return compareSeverity(finding.severity, member.severity) > 0 ? finding.severity : member.severity;
}

/** True for what goes out as a full card, and counts towards a rule's `at most`. */
export function isFirstWord(reason: MessageReason): boolean {
  return reason === 'opened' || reason === 'reopened';
}

/** What the channel has been told once this finding is in its outbox. */
export function told(
  finding: Finding,
  member: Member | undefined,
  reason: MessageReason,
  now: number,
): Member {
  const isAnew = isFirstWord(reason);
  const resolved = finding.state === 'resolved';
  const verdict = finding.conclusion?.verdict ?? (reason === 'reopened' ? undefined : member?.verdict);
  const isMuted = reason === 'muted' || (member?.muted === true && !isAnew && !resolved);
  return {
    ...basics(finding),
    severity: severityTold(finding, member, reason),
    concluded: finding.conclusion !== undefined || (member?.concluded === true && reason !== 'reopened'),
    ...(verdict !== undefined && { verdict }),
    ...(isMuted && { muted: true }),
    ...(finding.flapping === true && !resolved && { flapping: true }),
    ...(finding.dependantCount !== undefined && { dependants: finding.dependantCount }),
    ...(member?.escalations !== undefined && { escalations: member.escalations }),
    saidAt: now,
  };
}

/** What is remembered of a finding that the channel is not told of; without `untold` what it was told before still holds. */
export function kept(finding: Finding, member: Member | undefined, untold: Untold | undefined): Member {
  const { revision, state } = finding;
  if (untold === undefined && member !== undefined)
    return { ...member, revision, state, ...handledBy(finding) };
  return { ...basics(finding), concluded: false, ...(untold !== undefined && { untold }) };
}

function basics(finding: Finding) {
  const { id, revision, severity, state, openings } = finding;
  return { incidentId: id, revision, severity, state, openings, ...handledBy(finding) };
}

function handledBy(finding: Finding): { handled?: string } {
  const handled = lastAction(finding);
  return handled === undefined ? {} : { handled };
}
