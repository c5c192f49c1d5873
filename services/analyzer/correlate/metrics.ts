import { Counter, Gauge, type Registry } from 'prom-client';
import type { CorrelatorSize } from './correlator.ts';

/** What correlation shows on `/metrics`. */
export interface CorrelateMetrics {
  state(domain: string, size: CorrelatorSize): void;
  evicted(domain: string, incidents: number): void;
}

export function correlateMetrics(registry: Registry): CorrelateMetrics {
  const incidents = new Gauge({
    name: 'logpatrol_incidents_open',
    help: 'Incidents that are open.',
    labelNames: ['domain'],
    registers: [registry],
  });
  const bytes = new Gauge({
    name: 'logpatrol_correlate_state_bytes',
    help: 'Estimated bytes of the incidents in memory.',
    labelNames: ['domain'],
    registers: [registry],
  });
  const evicted = new Counter({
    name: 'logpatrol_incidents_evicted_total',
    help: 'Incidents forgotten early because the state reached its bound.',
    labelNames: ['domain'],
    registers: [registry],
  });
  return {
    state(domain, size) {
      incidents.set({ domain }, size.open);
      bytes.set({ domain }, size.bytes);
    },
    evicted(domain, count) {
      evicted.inc({ domain }, count);
    },
  };
}
