import { Counter, Gauge, type Registry } from 'prom-client';
import type { Severity } from '#shared/model/index.ts';
import type { Component } from '../component.ts';

/** What the judging of event logs shows on `/metrics`. */
export interface EventMetrics {
  read(component: Component, severity: Severity): void;
  unreadable(): void;
  healed(component: Component): void;
  told(rule: string, kind: 'hit' | 'clear'): void;
  dropped(parts: number): void;
  state(partition: number, size: { hosts: number; waiting: number; bytes: number }): void;
}

export function eventMetrics(registry: Registry): EventMetrics {
  const registers = [registry];
  const events = new Counter({
    name: 'logpatrol_hardware_events_total',
    help: 'Events of BMCs that were judged, by component and by the severity of the tables.',
    labelNames: ['component', 'severity'],
    registers,
  });
  const unreadable = new Counter({
    name: 'logpatrol_hardware_state_unreadable_total',
    help: 'States of machines that could not be read, which begin anew.',
    registers,
  });
  const healed = new Counter({
    name: 'logpatrol_hardware_healed_total',
    help: 'Failures that were taken back before anybody was told.',
    labelNames: ['component'],
    registers,
  });
  const told = new Counter({
    name: 'logpatrol_hardware_event_signals_total',
    help: 'What was told of the events of BMCs: failures, and their ends.',
    labelNames: ['rule', 'kind'],
    registers,
  });
  const dropped = new Counter({
    name: 'logpatrol_hardware_state_dropped_total',
    help: 'Sensors and memory modules forgotten early because the state of their machine reached its bound.',
    registers,
  });
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['partition'] as const, registers });
  const hosts = gauge('logpatrol_hardware_event_hosts', 'Machines of which something is remembered.');
  const waiting = gauge(
    'logpatrol_hardware_event_hosts_waiting',
    'Machines of which something may still heal.',
  );
  const bytes = gauge('logpatrol_hardware_event_state_bytes', 'Bytes of what is remembered of them.');
  return {
    read: (component, severity) => events.inc({ component, severity }),
    unreadable: () => unreadable.inc(),
    healed: (component) => healed.inc({ component }),
    told: (rule, kind) => told.inc({ rule, kind }),
    dropped: (parts) => dropped.inc(parts),
    state(partition, size) {
      const labels = { partition: String(partition) };
      hosts.set(labels, size.hosts);
      waiting.set(labels, size.waiting);
      bytes.set(labels, size.bytes);
    },
  };
}
