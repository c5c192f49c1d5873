import type { FetchedMessage } from './internals.ts';

/** The header of a takeover's marker, which is shown to nobody. */
export const markerHeader = 'logpatrol-takeover';

/** Whether a record is the marker that a takeover has left. */
export function isMarker(message: FetchedMessage): boolean {
  return message.headers[markerHeader] !== undefined;
}

/**
 * The marker's key: one for each transactional id, so that compaction keeps the last at most. Its value is a tombstone, so
 * that not even that one stays.
 */
export function markerKey(transactionalId: string): string {
  return `${markerHeader}:${transactionalId}`;
}
