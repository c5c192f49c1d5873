import { z } from 'zod';
import { Verdict } from './conclusion.ts';
import { IncidentState } from './incident.ts';
import { Severity } from './severity.ts';
import { Timestamp } from './timestamp.ts';

/**
 * Which findings share a card on one channel, on the compacted topic `groups`, written by notify alone: its memory of what
 * it has already told. Key and id: `<channel>:<incident id of the first member>`.
 */
export const Group = z.object({
  id: z.string(),
  channel: z.string(),
  members: z.array(
    z.object({
      incidentId: z.string(),
      /** The finding revision last sent to the outbox, and what it said. */
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
    }),
  ),
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
