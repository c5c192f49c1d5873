const baseMs = 500;
/** So that a critical card goes out well within 30 s of the channel's coming back. */
const capMs = 15_000;

/**
 * How long to wait after the `failures`th failure in a row: exponential with full jitter (Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog, 2015), 0 to 0.5 s at first and 0 to 15 s in the end, and never less than the far side asks for.
 *
 * @param random in [0, 1)
 */
export function backoffMs(failures: number, retryAfterMs: number, random: number): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 10));
  return Math.max(retryAfterMs, Math.round(random * ceiling));
}
