import { Counter, Gauge, type Registry } from 'prom-client';
import type { ActionSignal } from '#shared/model/index.ts';
import type { ActionOutcome } from './actions.ts';
import type { CorrelatorSize } from './correlator.ts';

/** What correlation shows on `/metrics`. */
export interface CorrelateMetrics {
  state(domain: string, size: CorrelatorSize): void;
  evicted(domain: string, incidents: number): void;
  acted(domain: string, action: ActionSignal['action'], outcome: ActionOutcome): void;
}

export function correlateMetrics(registry: Registry): CorrelateMetrics {
  const incidents = new Gauge({
    name: 'logpatrol_incidents_open',
    help: 'Incidents that are open.',
    labelNames: ['domain'],
    registers: [registry],
  });
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['domain'], registers: [registry] });
  const pending = gauge(
    'logpatrol_incidents_pending',
    'Incidents whose threshold is not reached, or which may still be excused.',
  );
  const muted = gauge('logpatrol_incidents_muted', 'Open incidents that nobody is told of.');
  const flapping = gauge('logpatrol_incidents_flapping', 'Open incidents that come and go.');
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
  const actions = new Counter({
    name: 'logpatrol_incident_actions_total',
    help: 'What people did about incidents: done, noted only, come before, or of an incident that is not there.',
    labelNames: ['domain', 'action', 'outcome'],
    registers: [registry],
  });
  return {
    state(domain, size) {
      incidents.set({ domain }, size.open);
      pending.set({ domain }, size.pending);
      muted.set({ domain }, size.muted);
      flapping.set({ domain }, size.flapping);
      bytes.set({ domain }, size.bytes);
    },
    evicted(domain, count) {
      evicted.inc({ domain }, count);
    },
    acted(domain, action, outcome) {
      actions.inc({ domain, action, outcome });
    },
  };
}
