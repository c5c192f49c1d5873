import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';

/** Tries beyond the first where the server says that it is busy, and the wait before the first of them; it doubles. */
const busyRetries = 3;
const busyWaitMs = 500;
/** A server that wants a longer pause than this counts as absent. */
const longestWaitMs = 20_000;

/** What an error asks for. `busy`: some tries more, after the wait that the server names. `once`: one more, for it may pass. */
export type Again =
  | { readonly kind: 'busy'; readonly afterMs?: number | undefined }
  | { readonly kind: 'once' }
  | { readonly kind: 'never' };

/** Calls until it succeeds, as often as its errors allow. @throws the last error, or what the signal was aborted with */
export function retrying<T>(
  ask: () => Promise<T>,
  again: (error: unknown) => Again,
  signal: AbortSignal,
): Promise<T> {
  let triedOnce = false;
  return pRetry(ask, {
    retries: busyRetries,
    minTimeout: busyWaitMs,
    randomize: true,
    signal,
    shouldRetry: async ({ error }) => {
      const next = again(error);
      switch (next.kind) {
        case 'never':
          return false;
        case 'once': {
          const isFirst = !triedOnce;
          triedOnce = true;
          return isFirst;
        }
        case 'busy': {
          const { afterMs = 0 } = next;
          if (afterMs > longestWaitMs) return false;
          await sleep(afterMs, undefined, { signal });
          return true;
        }
      }
    },
  });
}

/** What `retry-after` says in milliseconds: seconds, or a date (RFC 9110). */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
