import { ConfigSchema } from '#shared/config/index.ts';
import type { Metric, Reading, SensorKind, ServerStatus, Thresholds } from '#shared/model/index.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
/** A Monday, 00:00 UTC. */
export const monday = Date.parse('2026-11-02T00:00:00Z');

export function configOf(changes: Record<string, unknown> = {}) {
  return ConfigSchema.parse({ channels: {}, language: 'en', ...changes });
}

/** What one sensor reads at one moment. */
export interface Read {
  readonly sensor: string;
  readonly sensorNumber?: number;
  readonly sensorKind?: SensorKind;
  readonly value?: number | undefined;
  readonly unit?: string;
  readonly states?: readonly string[];
  readonly status?: Reading['status'];
  readonly thresholds?: Thresholds;
  readonly entity?: string;
  readonly ignored?: true;
}

/** The records of one poll, the status last. */
export function poll(at: number, reads: readonly Read[], status: Partial<ServerStatus> = {}): Metric[] {
  const { server = 'web-1', source = 'ipmi' } = status;
  const common = { timestamp: new Date(at).toISOString(), source, server, host: status.host ?? server };
  const readings = reads.map(
    ({ states, ...read }): Reading => ({
      kind: 'reading',
      id: `${server}-${read.sensor}-${at}`,
      ...common,
      sensorKind: 'temperature',
      status: read.status ?? statusOf(read),
      ...read,
      ...(states && { states: [...states] }),
    }),
  );
  return [
    ...readings,
    {
      kind: 'status',
      id: `${server}-${at}`,
      ...common,
      outcome: 'ok',
      failures: 0,
      tookMs: 100,
      power: 'on',
      health: 'ok',
      ...status,
    },
  ];
}

function statusOf({ value, thresholds = {} }: Read): Reading['status'] {
  if (value === undefined) return 'ok';
  const { upperWarning, upperCritical, lowerWarning, lowerCritical } = thresholds;
  if (value >= (upperCritical ?? Infinity) || value <= (lowerCritical ?? -Infinity)) return 'critical';
  return value >= (upperWarning ?? Infinity) || value <= (lowerWarning ?? -Infinity) ? 'warning' : 'ok';
}
