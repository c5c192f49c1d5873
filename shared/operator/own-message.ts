import { hostname } from 'node:os';
import type { Message, MessageReason, Severity } from '#shared/model/index.ts';

/** What logpatrol says of itself. */
export interface OwnWords {
  /** Of the incident that it makes of it: the same for all that is said of one matter. */
  readonly id: string;
  readonly channel: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly title: string;
  /** The evidence: one line. */
  readonly line: string;
  readonly reason: MessageReason;
  /** Of what is said of it: 1 for the first word. */
  readonly revision: number;
  /** When it began; milliseconds since the epoch. */
  readonly since: number;
  readonly now: number;
}

/** A message of logpatrol's own, in the form of any other. */
export function ownMessage(words: OwnWords): Message {
  const { id, channel, rule, severity, title, line, reason, revision, since, now } = words;
  const at = new Date(now).toISOString();
  const begunAt = new Date(since).toISOString();
  const groupId = `${channel}:${id}`;
  const isOver = reason === 'resolved';
  return {
    id: `${groupId}:${revision}`,
    traceId: id,
    channel,
    groupId,
    reason,
    queuedAt: at,
    finding: {
      id,
      traceId: id,
      revision,
      incidentRevision: revision,
      materialRevision: revision,
      state: isOver ? 'resolved' : 'open',
      openings: 1,
      domain: 'logpatrol',
      fingerprint: id,
      rule,
      pack: 'logpatrol',
      title,
      service: 'logpatrol',
      type: 'logpatrol',
      severity,
      severityReasons: [],
      count: 1,
      hosts: [hostname()],
      hostCount: 1,
      firstSeen: begunAt,
      lastSeen: at,
      arrivedAt: at,
      createdAt: at,
      ...(isOver && { resolvedAt: at, resolvedBy: 'line' }),
      old: false,
      exemplars: [{ id, timestamp: at, host: hostname(), text: line, before: [] }],
      reasoning: 'off',
    },
  };
}
