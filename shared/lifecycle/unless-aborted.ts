/**
 * The work's outcome, or the signal's reason as soon as it is aborted. Work that heeds no signal goes on, but is waited for no
 * longer, and whatever becomes of it then is nobody's concern.
 *
 * @throws what the work rejects with, or the signal's reason
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
