import { z } from 'zod';
import { Finding } from './finding.ts';
import { HeldBack } from './group.ts';
import { Timestamp } from './timestamp.ts';

/**
 * Why a message is sent: the first word of a group of incidents, or what has changed since the last. `joined`: like incidents have
 * joined the card; `affected`: it has taken in incidents of services that depend on its own; `flapping`: it comes and goes, and is
 * held open; `muted`: no more is said of it; `handled`: a person did something about it; `unacknowledged`: nobody has taken it on for too
 * long; `fallback`: the channel that it was meant for does not take it.
 */
export const MessageReason = z.enum([
  'opened',
  'reopened',
  'joined',
  'escalated',
  'unacknowledged',
  'handled',
  'concluded',
  'affected',
  'flapping',
  'muted',
  'resolved',
  'fallback',
]);
export type MessageReason = z.infer<typeof MessageReason>;

/** A finding that shares a card with another: what the card's list says of it. */
export const CardMember = Finding.pick({
  id: true,
  revision: true,
  title: true,
  service: true,
  severity: true,
  state: true,
  count: true,
  hostCount: true,
  firstSeen: true,
  lastSeen: true,
});
export type CardMember = z.infer<typeof CardMember>;

/** Somebody whom a card calls by name. */
export const Mention = z.object({
  name: z.string(),
  /** Their open_id. */
  feishu: z.string().optional(),
});
export type Mention = z.infer<typeof Mention>;

/**
 * One card to send or to update, on `outbox.<channel>`: unrendered and unsigned, for both happen when it is sent. Key: group id; the
 * messages of a group are sent in order, and a newer one takes the place of an older one that waits.
 */
export const Message = z.object({
  /** `<group id>:<number>`; deterministic, so a replayed finding makes the same message. */
  id: z.string(),
  traceId: z.string(),
  channel: z.string(),
  groupId: z.string(),
  reason: MessageReason,
  /** What the card is about: the group's first finding that goes on, or the most severe, or of what there is news. Brief. */
  finding: Finding,
  /** The others on the card, the most severe first; capped, and how many there are in all. */
  others: z.array(CardMember).optional(),
  otherCount: z.number().int().positive().optional(),
  mentions: z.array(Mention).optional(),
  /** Channels that take it, in this order, where this one does not. */
  fallback: z.array(z.string()).optional(),
  /** Of a fallback: the channel that it was meant for. */
  meantFor: z.string().optional(),
  /** Cards of this rule that its `at most` has kept from the channel since then, and that nobody was told of yet. */
  heldBack: HeldBack.optional(),
  queuedAt: Timestamp,
});
export type Message = z.infer<typeof Message>;
