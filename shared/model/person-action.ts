import { z } from 'zod';
import { Timestamp } from './timestamp.ts';

/** What a person can do about an incident, from a card, a link or the command line. */
export const personActions = [
  'acknowledge',
  'resolve',
  'hand-over',
  'not-a-problem',
  'silence-1h',
  'silence-8h',
  'silence-until-resolved',
] as const;
export const PersonAction = z.enum(personActions);
export type PersonAction = z.infer<typeof PersonAction>;

/** A person: `id` is that of `people` in the configuration where they stand there, else what the platform calls them. */
export const Actor = z.object({ id: z.string().min(1).max(200), name: z.string().min(1).max(200) });
export type Actor = z.infer<typeof Actor>;

/** Who did what about an incident, and when. */
export const HistoryEntry = z.object({
  /** Of the action; one that comes twice counts once. */
  id: z.string(),
  at: Timestamp,
  action: PersonAction,
  by: Actor,
  /** To whom it was handed over. */
  to: Actor.optional(),
  note: z.string().max(500).optional(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;
