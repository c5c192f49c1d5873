import { z } from 'zod';

/** A text that holds JSON of this shape, as saved objects keep what is not searched. */
export function jsonText<T extends z.ZodType>(shape: T) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(shape);
}

/** A query of a panel, a search or a dashboard. */
export const Query = z.strictObject({ query: z.string(), language: z.literal('kuery') });
