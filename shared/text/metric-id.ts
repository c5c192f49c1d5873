import { hash } from 'node:crypto';
import type { MetricSource } from '#shared/model/index.ts';

/** A deterministic id of a reading, or, without a sensor, of a server's status: 32 hexadecimal digits. `at`: milliseconds since the epoch. */
export function metricId(
  { source, server, at }: { readonly source: MetricSource; readonly server: string; readonly at: number },
  sensor: string,
): string {
  return hash('sha256', JSON.stringify([source, server, at, sensor]), 'hex').slice(0, 32);
}
