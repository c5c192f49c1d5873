import type { Reading, ServerStatus } from '#shared/model/index.ts';
import { metricId } from '#shared/text/metric-id.ts';

/** A reading of a processor's temperature that is in order. */
export function sampleReading(at: number, changes: Partial<Omit<Reading, 'id' | 'timestamp'>> = {}): Reading {
  const reading: Omit<Reading, 'id'> = {
    kind: 'reading',
    timestamp: new Date(at).toISOString(),
    source: 'ipmi',
    server: 'bmc-1',
    host: 'web-1',
    group: 'rack-7',
    sensor: 'CPU Temp',
    sensorKind: 'temperature',
    value: 41,
    unit: 'Cel',
    status: 'ok',
    thresholds: { upperWarning: 65, upperCritical: 80 },
    judgedBy: 'config',
    ...changes,
  };
  return { ...reading, id: metricId({ ...reading, at }, reading.sensor) };
}

/** The status of a server that is well. */
export function sampleStatus(
  at: number,
  changes: Partial<Omit<ServerStatus, 'id' | 'timestamp'>> = {},
): ServerStatus {
  const status: Omit<ServerStatus, 'id'> = {
    kind: 'status',
    timestamp: new Date(at).toISOString(),
    source: 'ipmi',
    server: 'bmc-1',
    host: 'web-1',
    outcome: 'ok',
    failures: 0,
    tookMs: 900,
    power: 'on',
    health: 'ok',
    temperatureMean: 38.5,
    fanMin: 4200,
    powerWatts: 210,
    sel: { entries: 12, percentUsed: 2, overflow: false },
    clockOffsetMs: -1500,
    ...changes,
  };
  return { ...status, id: metricId({ ...status, at }, '') };
}
