import { z } from 'zod';
import { Finding } from './finding.ts';
import { Timestamp } from './timestamp.ts';

/** Why a message is sent: the first word of an incident, or what has changed since the last. */
export const MessageReason = z.enum(['opened', 'reopened', 'escalated', 'concluded', 'resolved']);
export type MessageReason = z.infer<typeof MessageReason>;

/** One card to send, on `outbox.<channel>`: unrendered and unsigned, for both happen when it is sent. Key: incident id. */
export const Message = z.object({
  /** `<channel>:<incident id>:<finding revision>`; deterministic, so a replayed finding makes the same message. */
  id: z.string(),
  traceId: z.string(),
  channel: z.string(),
  groupId: z.string(),
  reason: MessageReason,
  finding: Finding,
  queuedAt: Timestamp,
});
export type Message = z.infer<typeof Message>;
