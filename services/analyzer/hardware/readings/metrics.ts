import { Counter, Gauge, type Registry } from 'prom-client';
import type { MetricSource } from '#shared/model/index.ts';
import type { FleetSize } from './fleet.ts';

/** What judging readings shows on `/metrics`. */
export interface ReadingsMetrics {
  took(records: number): void;
  told(rule: string, kind: 'hit' | 'clear'): void;
  evicted(machines: number): void;
  state(partition: number, size: FleetSize): void;
}

interface Metrics {
  readonly records: Counter<'source'>;
  readonly told: Counter<'source' | 'rule' | 'kind'>;
  readonly evicted: Counter<'source'>;
  readonly machines: Gauge<'source' | 'partition'>;
  readonly sensors: Gauge<'source' | 'partition'>;
  readonly findings: Gauge<'source' | 'partition'>;
  readonly bytes: Gauge<'source' | 'partition'>;
}

/** One registry has them once, whatever the number of stages. */
const made = new WeakMap<Registry, Metrics>();

export function readingsMetrics(registry: Registry, source: MetricSource): ReadingsMetrics {
  const metrics = made.get(registry) ?? create(registry);
  made.set(registry, metrics);
  return {
    took: (records) => metrics.records.inc({ source }, records),
    told: (rule, kind) => metrics.told.inc({ source, rule, kind }),
    evicted: (machines) => metrics.evicted.inc({ source }, machines),
    state(partition, { machines, sensors, findings, bytes }) {
      const labels = { source, partition: String(partition) };
      metrics.machines.set(labels, machines);
      metrics.sensors.set(labels, sensors);
      metrics.findings.set(labels, findings);
      metrics.bytes.set(labels, bytes);
    },
  };
}

function create(registry: Registry): Metrics {
  const registers = [registry];
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['source', 'partition'] as const, registers });
  const perSource = ['source'] as const;
  return {
    records: new Counter({
      name: 'logpatrol_hardware_readings_total',
      help: 'Readings and statuses of machines that were judged.',
      labelNames: perSource,
      registers,
    }),
    told: new Counter({
      name: 'logpatrol_hardware_readings_signals_total',
      help: 'Hits and clears of readings by rule.',
      labelNames: ['source', 'rule', 'kind'] as const,
      registers,
    }),
    evicted: new Counter({
      name: 'logpatrol_hardware_readings_evicted_total',
      help: 'Machines whose history was given up because memory reached its bound.',
      labelNames: perSource,
      registers,
    }),
    machines: gauge('logpatrol_hardware_readings_machines', 'Machines of which a history is kept.'),
    sensors: gauge('logpatrol_hardware_readings_sensors', 'Sensors of these machines.'),
    findings: gauge('logpatrol_hardware_readings_findings', 'Findings of readings that are open.'),
    bytes: gauge('logpatrol_hardware_readings_state_bytes', 'Estimated bytes of histories in memory.'),
  };
}
