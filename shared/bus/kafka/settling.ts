import { setTimeout as delay } from 'node:timers/promises';
import { protocolError } from './failure.ts';

/** Errors of a cluster that has just started, or moves a leader or coordinator. They pass by themselves, mostly within a second. */
const settling = new Set([
  'GROUP_LOAD_IN_PROGRESS',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'NOT_COORDINATOR',
  'NOT_CONTROLLER',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
]);

const patienceMs = 20_000;
const retryMs = 100;

/**
 * Does it again while the cluster says that it is settling, for up to 20 s; kafkajs gives up on most of these at once.
 *
 * @param alsoWhile further errors to see through, as a topic that was made a moment ago and is unknown yet
 */
export async function whileSettling<T>(act: () => Promise<T>, alsoWhile?: string): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      const type = protocolError(error);
      const passes = type !== undefined && (settling.has(type) || type === alsoWhile);
      if (!passes || performance.now() > deadline) throw error;
      await delay(retryMs);
    }
  }
}
