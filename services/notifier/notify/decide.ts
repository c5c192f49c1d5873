import {
  compareSeverity,
  type Finding,
  type Group,
  type MessageReason,
  type Severity,
} from '#shared/model/index.ts';

export type Member = Group['members'][number];

/**
 * Whether this revision of a finding is worth telling a channel, and why; `undefined` where it says nothing new (only counts
 * have changed, it was told already, or its lines are old). What was over before anybody could be told, after an outage, is
 * told all the same: once, as a card that says that it is over.
 *
 * @param member what the channel was told of the incident last; `undefined` where it was told nothing
 */
export function reasonToTell(finding: Finding, member: Member | undefined): MessageReason | undefined {
  const resolved = finding.state === 'resolved';
  if (member === undefined) return finding.old ? undefined : 'opened';
  if (finding.revision <= member.revision) return undefined;
  if (resolved && member.state !== 'resolved') return 'resolved';
  if (!resolved && (member.state === 'resolved' || finding.openings > member.openings)) return 'reopened';
  if (!resolved && compareSeverity(finding.severity, member.severity) > 0) return 'escalated';
  if (finding.conclusion !== undefined && !member.concluded) return 'concluded';
  return undefined;
}

/** The most severe that was told since the incident was opened last: what falls and rises again is not news. */
function severityTold(finding: Finding, member: Member | undefined, reason: MessageReason): Severity {
  if (member === undefined || reason === 'reopened') return finding.severity;
  return compareSeverity(finding.severity, member.severity) > 0 ? finding.severity : member.severity;
}

/** What the channel has been told once this finding is in its outbox. */
export function told(finding: Finding, member: Member | undefined, reason: MessageReason): Member {
  return {
    incidentId: finding.id,
    revision: finding.revision,
    severity: severityTold(finding, member, reason),
    state: finding.state,
    openings: finding.openings,
    concluded: finding.conclusion !== undefined || (member?.concluded === true && reason !== 'reopened'),
  };
}
