import pRetry from 'p-retry';
import { LogpatrolError } from '#shared/errors/index.ts';

/** Back-off: from 200 ms, doubled each time and with jitter, to a ceiling of 5–10 s that differs from call to call. */
const minDelayMs = 200;
const maxDelayMs = 5_000;

/**
 * Does the work again and again until it succeeds, as long as what it throws is of a kind that may pass (LogpatrolError with
 * action `retry`). Ends within moments of the signal.
 *
 * @param onWaiting told of each failure before the wait
 * @throws the signal's reason, or at once whatever else the work throws
 */
export async function untilDone<T>(
  work: () => T | Promise<T>,
  signal: AbortSignal,
  onWaiting: (error: Error, attempt: number) => void,
): Promise<T> {
  return await pRetry(work, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: minDelayMs,
    maxTimeout: maxDelayMs * (1 + Math.random()),
    randomize: true,
    signal,
    shouldRetry: ({ error }) => error instanceof LogpatrolError && error.action === 'retry',
    onFailedAttempt: ({ error, attemptNumber }) => {
      if (!signal.aborted) onWaiting(error, attemptNumber);
    },
  });
}
