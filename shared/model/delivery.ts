import { z } from 'zod';
import { Severity } from './severity.ts';
import { Timestamp } from './timestamp.ts';

/**
 * `sending` is written before each call and `retrying` after one that failed and will be tried again; the others are
 * terminal: `sent` (the far side's body says so), `superseded` (a newer revision went instead), `digested` (a digest that was sent
 * names it), `dead` (to the dlq).
 */
export const DeliveryOutcome = z.enum(['sending', 'retrying', 'sent', 'superseded', 'digested', 'dead']);
export type DeliveryOutcome = z.infer<typeof DeliveryOutcome>;

/** Why a call failed: try again, never will work, or who knows. */
export const FailureCause = z.enum(['retryable', 'permanent', 'unknown']);
export type FailureCause = z.infer<typeof FailureCause>;

/** What became of one message, on `deliveries` (key: message id) and in the deliveries stream of the store. */
export const Delivery = z.object({
  messageId: z.string(),
  traceId: z.string(),
  channel: z.string(),
  /** The group whose card it is; absent in what an earlier version wrote. */
  groupId: z.string().optional(),
  incidentId: z.string(),
  /** What the incident is of; absent in what an earlier version wrote. */
  service: z.string().optional(),
  revision: z.number().int().positive(),
  severity: Severity,
  outcome: DeliveryOutcome,
  /** 1 for the first call. */
  attempt: z.number().int().nonnegative(),
  at: Timestamp,
  /** The platform's code and words, where it answered. */
  code: z.string().optional(),
  error: z.string().optional(),
  cause: FailureCause.optional(),
  /** The platform's id of the card, new or updated, and when that card was sent first. */
  platformMessageId: z.string().optional(),
  cardSentAt: Timestamp.optional(),
  /** The digest that names it. */
  digestId: z.string().optional(),
  /** The channel that was asked to tell it, because this one does not take it. */
  fellBackTo: z.string().optional(),
  /** The call's duration; snake case, for it is the name people look for in the index. */
  response_time_ms: z.number().nonnegative().optional(),
  /** From the arrival of the incident's first line on the bus to this outcome. */
  latency_ms: z.number().nonnegative().optional(),
});
export type Delivery = z.infer<typeof Delivery>;

/** True where nothing more will happen to the message. */
export function isTerminal(outcome: DeliveryOutcome): boolean {
  switch (outcome) {
    case 'sending':
    case 'retrying':
      return false;
    case 'sent':
    case 'superseded':
    case 'digested':
    case 'dead':
      return true;
  }
}
