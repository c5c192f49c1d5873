import { z } from 'zod';

const moment = z.number().describe('Milliseconds since the epoch.');

/** What is kept of a job, on the topic `housekeeping` under its name: the last run, and what the operator was told. */
export const JobState = z.object({
  job: z.string(),
  /** When the installation first had it: times before it were not missed. */
  since: moment,
  startedAt: moment.optional(),
  /** Begun so often for the same time. */
  attempts: z.number().int().default(0),
  endedAt: moment.optional(),
  ok: z.boolean().optional(),
  lines: z.array(z.string()).default([]),
  lastOkAt: moment.optional(),
  /** When the operator was told of trouble that is not over. */
  toldAt: moment.optional(),
});
export type JobState = z.infer<typeof JobState>;
