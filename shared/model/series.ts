import { z } from 'zod';

/**
 * An incident's lines over time: `counts[i]` of them within `stepMs` from `startAt + i * stepMs` (milliseconds since the epoch, event
 * time). At most 60 of them: where there would be more, two become one and the step doubles.
 */
export const Series = z.object({
  startAt: z.number().int(),
  stepMs: z.number().int().positive(),
  counts: z.array(z.number().int().nonnegative()).max(60),
});
export type Series = z.infer<typeof Series>;
