import { z } from 'zod';
import { Finding } from './finding.ts';
import { HeldBack } from './group.ts';
import { Timestamp } from './timestamp.ts';

/**
 * Why a message is sent: the first word of an incident, or what has changed since the last. `affected`: it has taken in
 * incidents of services that depend on its own; `flapping`: it comes and goes, and is held open; `muted`: no more is said of it.
 */
export const MessageReason = z.enum([
  'opened',
  'reopened',
  'escalated',
  'concluded',
  'affected',
  'flapping',
  'muted',
  'resolved',
]);
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
  /** Cards of this rule that its `at most` has kept from the channel since then, and that nobody was told of yet. */
  heldBack: HeldBack.optional(),
  queuedAt: Timestamp,
});
export type Message = z.infer<typeof Message>;
