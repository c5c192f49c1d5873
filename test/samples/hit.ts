import type { Hit } from '#shared/model/index.ts';

/** When sample hits arrive unless told otherwise, in milliseconds since the epoch. */
export const sampleTime = Date.parse('2026-01-05T08:00:00.000Z');

/** A hit of one line, to be varied. `at` is when it was seen and when it arrived. */
export function sampleHit(changes: Partial<Hit> & { at?: number } = {}): Hit {
  const { at = sampleTime, ...rest } = changes;
  const time = new Date(at).toISOString();
  return {
    kind: 'hit',
    id: `app-0-${at}`,
    traceId: 'trace-1',
    domain: 'default',
    fingerprint: '00112233445566aa',
    rule: 'database.too-many-connections',
    pack: 'database',
    title: 'Too many connections',
    severity: 'warning',
    pinned: false,
    service: 'orders',
    type: 'app',
    count: 1,
    hosts: [{ name: 'db-1', count: rest.count ?? 1 }],
    otherHostsCount: 0,
    firstSeen: time,
    lastSeen: time,
    arrivedAt: time,
    exemplars: [
      { id: `line-${at}`, timestamp: time, host: 'db-1', text: 'FATAL: too many connections', before: [] },
    ],
    ...rest,
  };
}
