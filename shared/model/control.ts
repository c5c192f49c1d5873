import { z } from 'zod';
import { Timestamp } from './timestamp.ts';

/** `feedback`: a person said "not a problem". `maintenance`: work is announced. `silence`: a person wants quiet for a while. */
export const ControlKind = z.enum(['feedback', 'maintenance', 'silence']);
export type ControlKind = z.infer<typeof ControlKind>;

const name = z.string().min(1).max(512);

/** What a control is about: every field that is there must be equal. At least one is. */
export const ControlScope = z
  .strictObject({
    fingerprint: name,
    /** Id of a template. */
    template: name,
    rule: name,
    service: name,
    /** Every host of the incident is this one. */
    host: name,
    type: name,
    /** Id of one incident. */
    incident: name,
  })
  .partial()
  .refine((scope) => Object.values(scope).some((value) => value !== undefined), 'name at least one thing');
export type ControlScope = z.infer<typeof ControlScope>;

/**
 * What people want logpatrol to keep quiet about, on the compacted topic `controls`, read whole by every stage that needs it.
 * Key: id; a tombstone undoes it. It never silences an incident whose rule pins its severity.
 */
export const Control = z.object({
  id: z.string(),
  kind: ControlKind,
  scope: ControlScope,
  /** Who wanted it. */
  by: z.string(),
  note: z.string().optional(),
  createdAt: Timestamp,
  /** In force from and until; absent: at once, for ever. */
  from: Timestamp.optional(),
  until: Timestamp.optional(),
  /** The finding that it was said of. */
  findingId: z.string().optional(),
  /** Of the incident of its scope: holds for this opening of it alone (until it is resolved). */
  opening: z.number().int().positive().optional(),
});
export type Control = z.infer<typeof Control>;

/** What a person asks for; logpatrol gives it its id and its time. */
export const ControlDraft = z
  .strictObject({
    kind: ControlKind,
    scope: ControlScope,
    by: z.string().trim().min(1).max(200),
    note: z.string().trim().min(1).max(2000).optional(),
    from: Timestamp.optional(),
    until: Timestamp.optional(),
    findingId: name.optional(),
    opening: z.number().int().positive().optional(),
  })
  .refine(({ from, until }) => !(Date.parse(from ?? '') >= Date.parse(until ?? '')), {
    path: ['until'],
    message: 'must be later than from',
  });
export type ControlDraft = z.infer<typeof ControlDraft>;

/** "Not a problem", said of a finding. */
export const FeedbackDraft = z.strictObject({
  findingId: name,
  /** What of the finding is meant: just this failure, all lines of its template, or all that its rule finds. */
  scope: z.enum(['fingerprint', 'template', 'rule']).default('fingerprint'),
  /** Of every service, not only of the finding's. */
  everywhere: z.boolean().default(false),
  by: z.string().trim().min(1).max(200),
  note: z.string().trim().min(1).max(2000).optional(),
  until: Timestamp.optional(),
  /** True: only say what it would silence. */
  dryRun: z.boolean().default(false),
});
export type FeedbackDraft = z.infer<typeof FeedbackDraft>;

/** Why nobody is told of an incident at the moment. */
export const Muted = z.object({
  /** Id of the control, or name of the maintenance window in the configuration. */
  control: z.string(),
  kind: ControlKind,
  by: z.string(),
  note: z.string().optional(),
  until: Timestamp.optional(),
  /** It ends when the incident is resolved, if not before. */
  untilResolved: z.boolean().optional(),
});
export type Muted = z.infer<typeof Muted>;
