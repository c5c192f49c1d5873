import { z } from 'zod';
import { Verdict } from './conclusion.ts';
import { IncidentState } from './incident.ts';
import { Severity } from './severity.ts';
import { Timestamp } from './timestamp.ts';

/** A moment in milliseconds since the epoch. */
const moment = z.number().int();

/** Who is told where nobody takes it on until then. */
export const DueEscalation = z.object({
  dueAt: moment,
  channels: z.array(z.string()),
  /** Keys of people and teams. */
  tell: z.array(z.string()),
});
export type DueEscalation = z.infer<typeof DueEscalation>;

/** What a channel was told of one incident, or why it was not. */
export const GroupMember = z.object({
  incidentId: z.string(),
  /** The finding revision that was judged last, and what was said of it. */
  revision: z.number().int().positive(),
  severity: Severity,
  state: IncidentState,
  openings: z.number().int().positive(),
  concluded: z.boolean(),
  /** The verdict that was told last, since it was opened last. */
  verdict: Verdict.optional(),
  /** Why nothing has been said of it since it was opened last: it was muted, another incident's, or beyond what its rule may say. */
  untold: z.enum(['muted', 'taken-in', 'held-back']).optional(),
  /** True where it was said that it is muted, or that it is flapping, since its last full card. */
  muted: z.boolean().optional(),
  flapping: z.boolean().optional(),
  /** How many incidents it had taken in when that was said last. */
  dependants: z.number().int().nonnegative().optional(),
  /** Id of the last thing that a person did about it, as far as it was told. */
  handled: z.string().optional(),
  /** When something was said of it last; absent in what an earlier version wrote. */
  saidAt: moment.optional(),
  /** What comes next where nobody takes it on, the soonest first; only on its first channel. */
  escalations: z.array(DueEscalation).optional(),
});
export type GroupMember = z.infer<typeof GroupMember>;

/**
 * Which findings share a card on one channel, on the compacted topic `groups`, written by notify alone: its memory of what
 * it has already told. Key and id: `<channel>:<incident id of the first member>`. What is optional here and in its members is absent
 * where an earlier version wrote it: a card with one member then, which no other joins.
 */
export const Group = z.object({
  id: z.string(),
  channel: z.string(),
  /** In the order in which they came; 50 at most. An incident is in one group of a channel. */
  members: z.array(GroupMember),
  /** What is the same in findings that join it; absent: none joins. */
  key: z.string().optional(),
  /** Like findings join until then. */
  joinUntil: moment.optional(),
  /** The most severe that its card has rung for while they may join: a more severe one opens a card of its own. */
  severity: Severity.optional(),
  /** Messages made so far: the number of the last. */
  number: z.number().int().nonnegative().optional(),
  /** When the last one was made. */
  saidAt: moment.optional(),
  /** The member that the card is about, where that was not left to their severity and order. */
  lead: z.string().optional(),
  /** Keys of people and teams whom the card calls. */
  tell: z.array(z.string()).optional(),
  /** Channels that take its messages, in this order, where this one does not. */
  fallback: z.array(z.string()).optional(),
  /** A message that waits for more to say, and until when. */
  pending: z
    .object({
      reason: z.enum(['joined', 'handled', 'concluded', 'affected', 'flapping', 'muted', 'resolved']),
      dueAt: moment,
    })
    .optional(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Group = z.infer<typeof Group>;

/** How many cards were kept from people, and since when. */
export const HeldBack = z.object({ count: z.number().int().positive(), since: Timestamp });
export type HeldBack = z.infer<typeof HeldBack>;

/**
 * What the `at most` of a rule has let through to one channel of late, on `groups` beside the groups. Key and id:
 * `at-most/<channel>/<rule>`, which is no group's, for a channel's name has no stroke.
 */
export const Allowance = z.object({
  id: z.string(),
  windowMs: z.number().int().positive(),
  /** When cards were told, in milliseconds since the epoch; those within the window, oldest first. */
  told: z.array(z.number().int()),
  heldBack: HeldBack.optional(),
  updatedAt: Timestamp,
});
export type Allowance = z.infer<typeof Allowance>;
