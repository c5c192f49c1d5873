import { z } from 'zod';
import { Timestamp } from './timestamp.ts';

/** `feedback`: a person said "not a problem". `maintenance`: work is announced. `silence`: a person wants quiet for a while. */
export const ControlKind = z.enum(['feedback', 'maintenance', 'silence']);
export type ControlKind = z.infer<typeof ControlKind>;

/** What a control is about: every field that is there must be equal. At least one is. */
export const ControlScope = z
  .strictObject({
    fingerprint: z.string().min(1),
    /** Id of a template. */
    template: z.string().min(1),
    rule: z.string().min(1),
    service: z.string().min(1),
    /** Every host of the incident is this one. */
    host: z.string().min(1),
    type: z.string().min(1),
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
});
export type Control = z.infer<typeof Control>;

/** Why nobody is told of an incident at the moment. */
export const Muted = z.object({
  /** Id of the control, or name of the maintenance window in the configuration. */
  control: z.string(),
  kind: ControlKind,
  by: z.string(),
  note: z.string().optional(),
  until: Timestamp.optional(),
});
export type Muted = z.infer<typeof Muted>;
