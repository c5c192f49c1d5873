import { z } from 'zod';
import { Exemplar } from './exemplar.ts';
import { Severity } from './severity.ts';
import { TemplateLabel } from './signal.ts';

/** Decaying weights of values, by bin (see `services/analyzer/rates/histogram.ts`). */
export const BinWeights = z.array(z.tuple([z.number().int().nonnegative(), z.number().nonnegative()]));
export type BinWeights = z.infer<typeof BinWeights>;

/**
 * What is usual of one kind of line of one service, or of all its lines together: the WHOLE of what rates are judged by, on the
 * compacted topic `baselines`, written by correlate alone. Moments are milliseconds since the epoch, of event time.
 */
export const Baseline = z.object({
  /** Key of the record: 16 hex digits from service and template. */
  key: z.string(),
  service: z.string(),
  type: z.string(),
  /** Absent: all the service's lines together. */
  template: TemplateLabel.optional(),
  /** Ids of the templates that became this one, newest last, capped. */
  formerIds: z.array(z.string()),
  /** Start of the first and the last minute with such a line. */
  firstSeen: z.number().int(),
  lastSeen: z.number().int(),
  /** Lines in all; an estimate where they were sampled. */
  total: z.number().int().nonnegative(),
  /** What a finding of it would be: by the line's own words, or by the rule that matched it. */
  severity: Severity,
  /** The rule that matched these lines the last time. */
  rule: z.string().optional(),
  /** Lines in a window, and minutes from one minute with such lines to the next. */
  counts: BinWeights,
  gaps: BinWeights,
  /** The busiest window of each hour of the week, of this week and the three before: bins, base64; absent for what is rare. */
  hours: z.object({ weeks: z.array(z.number().int()), bins: z.string() }).optional(),
  /** The window that is being filled. */
  window: z.object({ at: z.number().int(), count: z.number().int().nonnegative() }).optional(),
  /** Minutes that late lines may still be added to: start and lines. */
  minutes: z.array(z.tuple([z.number().int(), z.number().int().positive()])),
  /** The last minute with a line that is closed to late ones. */
  lastMinute: z.number().int().optional(),
  /** One line in so many was looked at of late. */
  sampling: z.number().int().positive(),
  /** There are unusually many now: since when; what was told already of the window that began at `at`. */
  spike: z.object({ since: z.number().int(), at: z.number().int(), told: z.number().int() }).optional(),
  /** It is missing: since when, and when that was said last. */
  silent: z.object({ since: z.number().int(), told: z.number().int() }).optional(),
  exemplar: Exemplar.optional(),
  /** Of the service as a whole: new kinds in each hour of the last day (hour since the epoch, kinds), and how many were told one by one. */
  news: z
    .object({
      hours: z.array(z.tuple([z.number().int(), z.number().int()])),
      hour: z.number().int(),
      told: z.number().int(),
    })
    .optional(),
});
export type Baseline = z.infer<typeof Baseline>;
