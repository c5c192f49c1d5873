import { z } from 'zod';

/** What is counted, and what a rate is judged by. */
export const RatesConfig = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether lines are counted by kind and their rates judged.'),
  linesPerSecond: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(2000)
    .describe(
      'Lines of one log type that a process looks at for their kind; of more, every n-th is, and counts n times.',
    ),
  historyHours: z
    .number()
    .min(1)
    .max(8760)
    .default(24)
    .describe("No alarm until a service's history is so long."),
  latenessMinutes: z
    .number()
    .int()
    .min(0)
    .max(120)
    .default(2)
    .describe(
      'Lines may come so much later than the newest of their service and still be counted in a rate.',
    ),
  megabytes: z
    .number()
    .min(1)
    .max(4096)
    .default(64)
    .describe('Memory of the histories of one domain; the least recently seen kinds are given up first.'),
  history: z
    .array(z.string().min(1))
    .default([])
    .describe('Files of `logpatrol learn`: what is usual from the start.'),
});
