import type { AuditEntry, Delivery, Finding, Metric, ServerStatus } from '#shared/model/index.ts';
import { forever } from '#shared/store/contract/line.ts';
import type { LogDocument, Store } from '#shared/store/port.ts';
import { sampleDelivery, sampleFinding } from '#test/samples/finding.ts';
import { sampleReading, sampleStatus } from '#test/samples/metric.ts';

const minute = 60_000;
const hour = 60 * minute;

/** What two hours of an installation leave behind, saved as the services save it. The figures are small, so that people can add them up. */
export interface Seed {
  /** Milliseconds since the epoch: a full hour, two hours before `to`. */
  readonly from: number;
  readonly to: number;
}

export async function plant(store: Store, { from }: Seed): Promise<void> {
  const at = (h: 0 | 1, m: number, ms = 0): number => from + h * hour + m * minute + ms;
  const iso = (h: 0 | 1, m: number, ms = 0): string => new Date(at(h, m, ms)).toISOString();
  const outcomes = [
    ...(await store.saveLogs(linesOf(iso), forever)),
    ...(await store.saveFindings(findingsOf(iso), forever)),
    ...(await store.saveDeliveries(deliveriesOf(iso), forever)),
    ...(await store.saveMetrics(metricsOf(at), forever)),
    ...(await store.saveAudit(auditOf(iso), forever)),
  ];
  const lost = outcomes.filter(({ kind }) => kind !== 'stored');
  if (lost.length > 0) throw new Error(`not planted: ${JSON.stringify(lost)}`);
  await store.refresh();
}

type Iso = (h: 0 | 1, m: number, ms?: number) => string;

function linesOf(iso: Iso): LogDocument[] {
  const line = (type: string, h: 0 | 1, m: number, lagMs: number, fields: object): LogDocument => ({
    id: `${type}-${h}-${m}`,
    type,
    json: JSON.stringify({
      '@timestamp': iso(h, m),
      event: { ingested: iso(h, m, lagMs) },
      fields: { log_type: type },
      ...fields,
    }),
  });
  const sel = (h: 0 | 1, severity: string, sensor: string): LogDocument => ({
    id: `sel-${h}`,
    type: 'ipmi',
    json: JSON.stringify({
      '@timestamp': iso(h, 30),
      message: `${sensor} | asserted`,
      log: { level: severity },
      event: { ingested: iso(h, 30, 10_000), dataset: 'ipmi.sel' },
      host: { name: 'db-1' },
      service: { name: 'hardware' },
      ipmi: { severity, sensor: { name: `${sensor} 1`, type: sensor }, event: { description: 'failed' } },
    }),
  });
  const host = (name: string) => ({ host: { name } });
  return [
    line('app', 0, 1, 2000, {
      ...host('web-1'),
      service: { name: 'orders' },
      log: { level: 'error' },
      message: 'boom',
    }),
    line('app', 0, 2, 4000, {
      ...host('web-2'),
      service: { name: 'orders' },
      log: { level: 'info' },
      message: 'no error',
    }),
    line('app', 1, 1, 6000, { ...host('web-1'), service: { name: 'pay' }, message: 'Exception: no money' }),
    // Its service is the container's.
    line('app', 1, 50, 20_000, { ...host('web-1'), container: { name: 'pay' }, message: 'all is fine' }),
    line('syslog', 1, 2, 8000, { ...host('web-2'), message: 'garbage' }),
    sel(0, 'critical', 'Fan'),
    sel(1, 'info', 'Power Supply'),
  ];
}

function findingsOf(iso: Iso): Finding[] {
  const li = { id: 'li', name: '李雷' };
  const asset = (owner: string) => ({ host: 'web-1', owner, facts: {} });
  const base = { old: false, openings: 1, arrivedAt: iso(0, 1), firstSeen: iso(0, 1) };
  return [
    sampleFinding({
      ...base,
      id: '0-oom-1',
      severity: 'critical',
      state: 'acknowledged',
      service: 'orders',
      hosts: ['web-1', 'web-2'],
      hostCount: 2,
      rule: 'java-oom',
      title: 'OOM',
      count: 40,
      lastSeen: iso(1, 10),
      detectedAt: iso(0, 1, 2000),
      acknowledged: { by: li, at: iso(0, 1, 30_000) },
      assets: [asset('team-a')],
    }),
    sampleFinding({
      ...base,
      id: '0-slow-1',
      severity: 'warning',
      service: 'pay',
      hosts: ['web-1'],
      hostCount: 1,
      rule: 'slow',
      title: 'Slow',
      count: 5,
      lastSeen: iso(1, 20),
      detectedAt: iso(0, 1, 4000),
      assets: [asset('team-b')],
    }),
    sampleFinding({
      ...base,
      id: '0-oom-2',
      severity: 'critical',
      state: 'resolved',
      service: 'orders',
      hosts: ['web-2'],
      hostCount: 1,
      rule: 'java-oom',
      title: 'OOM',
      count: 10,
      lastSeen: iso(0, 20),
      detectedAt: iso(0, 1, 6000),
      acknowledged: { by: li, at: iso(0, 1, 60_000) },
      resolvedAt: iso(0, 1, 600_000),
      assets: [asset('team-a')],
    }),
    sampleFinding({
      ...base,
      id: '0-rate-1',
      severity: 'warning',
      service: 'pay',
      hosts: ['web-1'],
      hostCount: 1,
      rule: 'rate',
      title: 'Rate',
      count: 100,
      lastSeen: iso(0, 40),
      detectedAt: iso(0, 1, 8000),
      template: { id: 't1', text: 'connect to <*> failed' },
    }),
  ];
}

function deliveriesOf(iso: Iso): Delivery[] {
  const of = (id: string, at: string, changes: Partial<Delivery>): Delivery => {
    const { response_time_ms: _time, latency_ms: _latency, ...base } = sampleDelivery();
    return { ...base, messageId: id, at, channel: 'feishu', ...changes };
  };
  return [
    of('m1', iso(0, 2), { service: 'orders', response_time_ms: 100, latency_ms: 3000 }),
    of('m2', iso(0, 3), { service: 'pay', outcome: 'retrying', cause: 'retryable', response_time_ms: 900 }),
    of('m2', iso(0, 4), { service: 'pay', attempt: 2, response_time_ms: 300, latency_ms: 6000 }),
    of('m3', iso(1, 1), { service: 'orders', channel: 'console', response_time_ms: 10, latency_ms: 4000 }),
    of('m4', iso(1, 2), { service: 'pay', outcome: 'dead', cause: 'permanent', response_time_ms: 500 }),
    of('m5', iso(1, 3), { service: 'pay', outcome: 'digested', digestId: 'd1', latency_ms: 7000 }),
  ];
}

function metricsOf(at: (h: 0 | 1, m: number) => number): Metric[] {
  const web = { server: 'bmc-web-1', host: 'web-1' };
  const db = { server: 'bmc-db-1', host: 'db-1' };
  const fan = { ...web, sensorKind: 'fan', unit: 'RPM' } as const;
  const {
    temperatureMean: _mean,
    fanMin: _fan,
    powerWatts: _watts,
    sel: _sel,
    ...silent
  } = sampleStatus(at(1, 50), {
    ...db,
    outcome: 'unreachable',
    reason: 'no answer',
    failures: 3,
    health: 'unknown',
    power: 'unknown',
  });
  const unreachable: ServerStatus = silent;
  return [
    sampleReading(at(0, 10), { ...web, sensor: 'Inlet', value: 30 }),
    sampleReading(at(0, 20), { ...web, value: 70, status: 'warning' }),
    sampleReading(at(1, 10), { ...web, value: 90, status: 'critical' }),
    sampleReading(at(1, 10), { ...db, sensor: 'Inlet', value: 25 }),
    sampleReading(at(0, 10), { ...fan, sensor: 'FAN1', value: 5000 }),
    sampleReading(at(0, 10), { ...fan, sensor: 'FAN2', value: 4000 }),
    sampleReading(at(1, 10), { ...fan, sensor: 'FAN1', value: 1200, status: 'critical' }),
    sampleReading(at(1, 10), {
      ...db,
      sensor: 'Broken',
      sensorKind: 'voltage',
      unit: 'V',
      value: 1,
      status: 'warning',
      ignored: true,
    }),
    sampleStatus(at(0, 10), {
      ...web,
      temperatureMean: 50,
      fanMin: 4000,
      powerWatts: 200,
      sel: { entries: 10, percentUsed: 20, overflow: false },
    }),
    sampleStatus(at(0, 10), { ...db, powerWatts: 100 }),
    sampleStatus(at(1, 50), {
      ...web,
      health: 'critical',
      temperatureMean: 90,
      fanMin: 1200,
      powerWatts: 300,
      sel: { entries: 90, percentUsed: 85, overflow: false },
    }),
    unreachable,
  ];
}

function auditOf(iso: Iso): AuditEntry[] {
  const by = { id: 'li', name: '李雷' };
  return [
    {
      id: 'a1',
      at: iso(0, 5),
      by,
      via: 'card',
      action: 'acknowledge',
      outcome: 'done',
      incidentId: '0-oom-1',
    },
    { id: 'a2', at: iso(1, 5), by, via: 'api', action: 'resolve', outcome: 'refused', why: 'no right' },
  ];
}
