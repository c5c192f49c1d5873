import type { Incident } from '#shared/model/index.ts';
import { sampleTime } from './hit.ts';

/** An incident of one line, to be varied. */
export function sampleIncident(changes: Partial<Incident> = {}): Incident {
  const time = new Date(sampleTime).toISOString();
  return {
    id: `0-00112233445566aa-${sampleTime.toString(36)}`,
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
    state: 'open',
    revision: 1,
    materialRevision: 1,
    openings: 1,
    count: 1,
    hosts: [{ name: 'db-1', count: 1 }],
    hostCount: 1,
    firstSeen: time,
    lastSeen: time,
    firstArrivedAt: time,
    lastArrivedAt: time,
    openedAt: time,
    updatedAt: time,
    old: false,
    exemplars: [
      {
        id: 'line-1',
        timestamp: time,
        host: 'db-1',
        file: '/var/log/orders.log',
        text: 'FATAL: too many connections',
        before: ['pool size 100, 100 in use', 'request waits for a connection'],
      },
    ],
    ...changes,
  };
}
