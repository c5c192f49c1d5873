export interface BackoffOptions {
  readonly intervalMs: number;
  /** Longest pause. */
  readonly maxMs: number;
  readonly maxRetries: number;
  /** From 0 (inclusive) to 1. */
  readonly random: () => number;
}

/**
 * From the beginning of a poll that failed to the next, in milliseconds. Up to `maxRetries` failures it is the ordinary interval, so that a
 * BMC is known to be unreachable soon; then it is drawn from a range that doubles with each failure (exponential
 * back-off with full jitter: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015), above the interval and at most `maxMs`.
 *
 * @param failures polls in a row that failed, at least 1
 */
export function pauseAfter(failures: number, options: BackoffOptions): number {
  const { intervalMs, maxMs, maxRetries, random } = options;
  const doublings = Math.min(failures - maxRetries, 30);
  if (doublings <= 0) return intervalMs;
  const range = Math.min(intervalMs * 2 ** doublings, maxMs) - intervalMs;
  return Math.round(intervalMs + random() * Math.max(range, 0));
}
