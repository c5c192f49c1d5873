import { z } from 'zod';
import { Delivery, FailureCause, Message, MessageReason, Severity, Timestamp } from '#shared/model/index.ts';

/**
 * How a message of an outbox is: it waits for its first call; it is being sent; it was tried and will be again; or it is done with, in one of
 * the four ways that `DeliveryOutcome` says.
 */
export const MessageState = z.enum([
  'waiting',
  'sending',
  'retrying',
  'dead',
  'sent',
  'digested',
  'superseded',
]);
export type MessageState = z.infer<typeof MessageState>;

/** One message of an outbox, and what has become of it. */
export const QueuedMessage = z.object({
  id: z.string(),
  channel: z.string(),
  incidentId: z.string(),
  severity: Severity,
  state: MessageState,
  /** Calls made so far. */
  attempts: z.number().int().nonnegative(),
  /** When its state was noted last; of one that waits for its first call, when it was queued. */
  at: Timestamp,
  /** These where the message itself is still there: not of what is done with. */
  reason: MessageReason.optional(),
  service: z.string().optional(),
  title: z.string().optional(),
  queuedAt: Timestamp.optional(),
  /** When it is tried again, at the earliest. */
  nextTry: Timestamp.optional(),
  /** What the far side said last. */
  error: z.string().optional(),
  code: z.string().optional(),
  cause: FailureCause.optional(),
  /** The digest that names it, or will. */
  digestId: z.string().optional(),
  /** The channel that was given a copy. */
  fellBackTo: z.string().optional(),
});
export type QueuedMessage = z.infer<typeof QueuedMessage>;

/** A channel's totals. */
export const ChannelReport = z.object({
  channel: z.string(),
  waiting: z.number().int(),
  sending: z.number().int(),
  retrying: z.number().int(),
  dead: z.number().int(),
  /** Since `since`. */
  sent: z.number().int(),
  digested: z.number().int(),
  superseded: z.number().int(),
  /** How long the oldest message waits that is not done with, in milliseconds. */
  oldestMs: z.number().optional(),
  /** Calls of the last minute, and how many it bears; absent: as many as it likes. */
  callsLastMinute: z.number().int(),
  perMinute: z.number().optional(),
});
export type ChannelReport = z.infer<typeof ChannelReport>;

export const QueueReport = z.object({
  /** What is done with is counted and listed from then on. */
  since: Timestamp,
  channels: z.array(ChannelReport),
  /** What waits and what is dead first, the most severe before the others; then what is done with, the newest first. */
  messages: z.array(QueuedMessage),
  /** How many more there are. */
  more: z.number().int(),
});
export type QueueReport = z.infer<typeof QueueReport>;

/** All that is known of one message or digest. */
export const MessageReport = z.object({
  /** Absent where the outbox keeps it no more. */
  message: Message.optional(),
  /** Oldest first. Of what was done with long ago only the last is kept. */
  deliveries: z.array(Delivery),
  /** Of a digest: the messages that it names. */
  members: z.array(z.string()),
});
export type MessageReport = z.infer<typeof MessageReport>;

export const ReplayAnswer = z.object({
  replayed: z.array(z.object({ id: z.string(), channel: z.string() })),
});
export type ReplayAnswer = z.infer<typeof ReplayAnswer>;
