import type { Clear, Hit } from '#shared/model/index.ts';

/**
 * Failures and what ends them in the order of event time, so that of a batch of hours each failure meets its end before the next
 * one comes.
 */
export function inTimeOrder(hits: readonly Hit[], clears: readonly Clear[]): (Hit | Clear)[] {
  if (clears.length === 0) return [...hits];
  return [...hits, ...clears]
    .map((signal) => ({ signal, at: beginning(signal) }))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map(({ signal }) => signal);
}

/** Timestamps of one form sort as text. */
function beginning(signal: Hit | Clear): string {
  if (signal.kind === 'hit') return signal.firstSeen;
  return signal.hosts.reduce(
    (first, { lastSeen }) => (lastSeen < first ? lastSeen : first),
    signal.exemplar.timestamp,
  );
}
