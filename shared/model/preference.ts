import { z } from 'zod';
import { Severity } from './severity.ts';
import { Timestamp } from './timestamp.ts';

/**
 * Whether a person or a team wants to be told, and from which severity; over what the configuration says of them. On the
 * compacted topic `controls`, under the key `preference/<who>`.
 */
export const Preference = z.object({
  kind: z.literal('preference'),
  /** Key of `people` or `teams`. */
  who: z.string().min(1).max(63),
  tell: z.boolean(),
  from: Severity.optional(),
  by: z.string().trim().min(1).max(200),
  createdAt: Timestamp,
});
export type Preference = z.infer<typeof Preference>;

export const PreferenceDraft = Preference.omit({ kind: true, createdAt: true });
export type PreferenceDraft = z.infer<typeof PreferenceDraft>;
