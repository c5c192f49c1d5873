import { setMaxListeners } from 'node:events';
import { type Bmc, BmcTrouble } from '../inspection.ts';
import type { SessionOptions } from './open-session.ts';

/** Ends a session that takes too long, or when the signal says so. */
export interface SessionLimit {
  /** Throws the reason where the session is over. */
  throwIfOver(): void;
  /** The session has been closed. */
  end(): void;
}

/** @param stop called once, with the reason that the caller is to see */
export function limitSession(
  { host, port }: Bmc,
  { timeoutMs, signal }: SessionOptions,
  stop: (reason: Error) => void,
): SessionLimit {
  let over: Error | undefined;
  const timer = setTimeout(
    () => finish(new BmcTrouble('unreachable', `${host}:${port}: not done within ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  const onAbort = (): void => finish(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  // One signal stops many sessions.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  function finish(reason: Error): void {
    if (over !== undefined) return;
    over = reason;
    stop(reason);
  }

  return {
    throwIfOver() {
      if (over !== undefined) throw over;
    },
    end() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
