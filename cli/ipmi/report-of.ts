import type { SelEvent } from '#shared/model/index.ts';
import type { Asked } from './asking.ts';
import type { ServerReport } from './server-report.ts';
import { newestFirst } from './stored.ts';

/** What was seen of a server, with its newest events: those that were new, and those that are stored. */
export function reportOf(
  { inspection, readings, status, faults, attempts }: Extract<Asked, { kind: 'asked' }>,
  stored: readonly SelEvent[],
  events: number,
): ServerReport {
  const { bmc } = inspection;
  // One and the same record has another id where its log was looked at without knowing how often it was cleared.
  const all = new Map([...inspection.events, ...stored].map((event) => [keyOf(event), event]));
  return {
    server: bmc.name,
    bmc: bmc.host,
    port: bmc.port,
    host: bmc.hostName,
    ...(bmc.group !== undefined && { group: bmc.group }),
    attempts,
    status,
    faults: [...faults],
    readings: [...readings],
    events: newestFirst([...all.values()]).slice(0, events),
  };
}

function keyOf({ event, ipmi }: SelEvent): string {
  return ipmi.raw === undefined ? event.id : `${ipmi.record_id} ${ipmi.raw}`;
}
