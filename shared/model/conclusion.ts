import { z } from 'zod';
import { Severity } from './severity.ts';
import { Timestamp } from './timestamp.ts';

/**
 * Whether somebody should act: `actionable` now, `watch` and see, `not-actionable` (nothing is wrong), `unknown` where what was
 * given does not tell.
 */
export const Verdict = z.enum(['actionable', 'watch', 'not-actionable', 'unknown']);
export type Verdict = z.infer<typeof Verdict>;

/** A section of a runbook, by its place. */
export const RunbookRef = z.object({
  /** The runbook: its file's name without `.md`. */
  name: z.string(),
  title: z.string(),
  /** Heading of the section; '' is what stands before the first. */
  section: z.string(),
});
export type RunbookRef = z.infer<typeof RunbookRef>;

/** A line that was given to the model and that it cites: an exemplar, a line before one, or a line of the store. */
export const EvidenceLine = z.object({
  id: z.string(),
  timestamp: Timestamp.optional(),
  host: z.string().optional(),
  /** As it was given: secrets masked, cut. */
  text: z.string(),
});
export type EvidenceLine = z.infer<typeof EvidenceLine>;

/** Something for a person to do. Text alone: nothing is ever executed. */
export const Action = z.object({
  text: z.string(),
  /** The section that it comes from, one of those that were given; without it the action is the model's own. */
  runbook: RunbookRef.optional(),
});
export type Action = z.infer<typeof Action>;

/** What the model said of an incident. Everything in it is text for people; nothing is ever executed. */
export const Conclusion = z.object({
  verdict: Verdict,
  summary: z.string(),
  cause: z.string(),
  /** False where no line that was given shows the cause: it is a guess, and shown as one. */
  proven: z.boolean(),
  /** Lines that show the cause; what was not given to the model has been dropped. */
  evidence: z.array(EvidenceLine),
  actions: z.array(Action),
  severity: Severity,
  confidence: z.number().min(0).max(1),
  /** Name of the model, and the digest of its weights where the server tells it. */
  model: z.string(),
  digest: z.string().optional(),
  /** When it answered. */
  answeredAt: Timestamp,
  /** Shape of what it was asked about: the same failure with the same shape is not asked about again for a while. */
  shape: z.string(),
  /** It was said of this earlier incident, and is taken over without asking again. */
  takenFrom: z.string().optional(),
  /** Wall time of the call in milliseconds, and tokens in and out; retries included. */
  durationMs: z.number().nonnegative(),
  promptTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
});
export type Conclusion = z.infer<typeof Conclusion>;
