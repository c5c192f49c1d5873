import { z } from 'zod';
import { Severity, Timestamp } from '#shared/model/index.ts';

/** What a drill passes on its way, in the order of the path; `stored` is beside it: the line is found by a search. */
export const DrillHopName = z.enum([
  'line',
  'stored',
  'signal',
  'incident',
  'finding',
  'message',
  'delivery',
]);
export type DrillHopName = z.infer<typeof DrillHopName>;

/** The hop that one follows on. */
export const hopBefore: Readonly<Record<DrillHopName, DrillHopName | undefined>> = {
  line: undefined,
  stored: 'line',
  signal: 'line',
  incident: 'signal',
  finding: 'incident',
  message: 'finding',
  delivery: 'message',
};

/** A hop that was reached. */
export const DrillHop = z.object({
  name: DrillHopName,
  at: Timestamp,
  /** Milliseconds since the line was written, and since the hop before it; by the clocks of those who wrote, so they may differ by theirs. */
  sinceLineMs: z.number(),
  sinceBeforeMs: z.number(),
  /** What is known of it, on one line. */
  detail: z.string(),
});
export type DrillHop = z.infer<typeof DrillHop>;

/** Why a drill did not come through, and what to do. */
export const DrillFailure = z.object({
  /** The first hop that was not reached. */
  hop: DrillHopName,
  why: z.string(),
  remedy: z.string(),
  /** Of `docs/troubleshooting.md`. */
  anchor: z.string(),
});
export type DrillFailure = z.infer<typeof DrillFailure>;

/** A drill as far as it has got; what `logpatrol drill --format json` prints and `GET /api/drills/:id` answers. */
export const DrillReport = z.object({
  id: z.string(),
  outcome: z.enum(['running', 'accepted', 'failed']),
  startedAt: Timestamp,
  timeoutSeconds: z.number(),
  type: z.string(),
  severity: Severity,
  channel: z.string(),
  hops: z.array(DrillHop),
  failure: DrillFailure.optional(),
});
export type DrillReport = z.infer<typeof DrillReport>;
