import type { BusRecord } from '#shared/bus/port.ts';
import type { LogQuery, StoredLog } from '#shared/store/port.ts';
import { logId } from '#shared/text/log-id.ts';
import type { ContextStore } from '../context/store-queue.ts';
import { eventTime } from '../detect/event-time.ts';
import { createLocalClock } from '../detect/local-clock.ts';
import { eventLine, parseEvent } from '../detect/log-line.ts';

const utc = createLocalClock('UTC');

/**
 * A store that has the lines of a scenario and no finding: just what context asks of one.
 *
 * @param at when they were read, in milliseconds since the epoch
 */
export function storeOf(records: ReadonlyMap<string, readonly BusRecord[]>, at: number): ContextStore {
  const logs = [...records].flatMap(([type, ofType]) =>
    ofType.flatMap((record) => storedLog(record, type, at) ?? []),
  );
  return {
    searchLogs: async (query) => found(logs, query),
    searchFindings: async () => [],
  };
}

function found(logs: readonly StoredLog[], query: LogQuery): StoredLog[] {
  const { id, type, service, host, from = 0, to = Number.POSITIVE_INFINITY, order = 'newest', limit } = query;
  const matching = logs
    .filter((log) => id === undefined || log.id === id)
    .filter((log) => type === undefined || log.type === type)
    .filter((log) => service === undefined || log.service === service)
    .filter((log) => host === undefined || log.host === host)
    .filter(({ timestamp }) => Date.parse(timestamp) >= from && Date.parse(timestamp) < to)
    .sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp));
  return (order === 'newest' ? matching.reverse() : matching).slice(0, limit);
}

function storedLog(record: BusRecord, type: string, at: number): StoredLog | undefined {
  const event = record.value === null ? undefined : parseEvent(record.value);
  if (event === undefined) return undefined;
  const { time, shipped, host, service, text: message } = eventLine(event, type, at, utc);
  const timestamp = new Date(eventTime(time, shipped, at)).toISOString();
  return { id: logId(event, record), type, timestamp, host, service, message };
}
