import type { Logger } from 'pino';
import type { Bus } from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import { AuditEntry } from '#shared/model/index.ts';

/** Which entries are meant; every field that is there must hold. */
export interface AuditQuery {
  /** Milliseconds since the epoch, inclusive. */
  readonly since?: number | undefined;
  readonly incidentId?: string | undefined;
  /** Id or name of who did it, or the account by whose rights. */
  readonly by?: string | undefined;
  /** The newest ones, so many at most. */
  readonly limit: number;
}

/**
 * Reads the topic `audit`, which is kept for 90 days, and gives what is meant, the newest first. An entry that was written twice (an
 * action that was repeated after a crash) is given once.
 *
 * @throws LogpatrolError `unreachable` where the bus does not answer
 */
export async function readAudit(bus: Bus, logger: Logger, query: AuditQuery): Promise<AuditEntry[]> {
  const found = new Map<string, AuditEntry>();
  for await (const { value, offset } of bus.read(topic.audit)) {
    const read = readValue(AuditEntry, value);
    if (!read.ok) logger.warn({ offset }, `unreadable audit entry is passed over: ${read.reason}`);
    else if (isMeant(read.value, query) && !found.has(read.value.id)) {
      found.set(read.value.id, read.value);
      const [oldest] = found.keys();
      if (found.size > query.limit && oldest !== undefined) found.delete(oldest);
    }
  }
  return [...found.values()].sort((a, b) => b.at.localeCompare(a.at));
}

function isMeant({ at, incidentId, by, account }: AuditEntry, query: AuditQuery): boolean {
  return (
    (query.since === undefined || Date.parse(at) >= query.since) &&
    (query.incidentId === undefined || incidentId === query.incidentId) &&
    (query.by === undefined || by.id === query.by || by.name === query.by || account === query.by)
  );
}
