import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BusObserver } from '#shared/bus/port.ts';

/** A registry with the process's own metrics (memory, CPU, event loop, garbage collection). */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Seconds; from a quiet embedded transaction to Kafka's transaction time-out. */
const latencyBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts what happens on the bus in `registry`: throughput, lag, latency, take-overs, dead letters, by group. */
export function busMetrics(registry: Registry): BusObserver {
  const registers = [registry];
  const byTopic = ['group', 'topic'] as const;
  const records = new Counter({
    name: 'logpatrol_bus_records_total',
    help: 'Records given to a stage.',
    labelNames: byTopic,
    registers,
  });
  const bytes = new Counter({
    name: 'logpatrol_bus_bytes_total',
    help: 'Bytes of the values given to a stage.',
    labelNames: byTopic,
    registers,
  });
  const lag = new Gauge({
    name: 'logpatrol_bus_lag_records',
    help: 'Records behind the end of the partition, as of the last batch.',
    labelNames: [...byTopic, 'partition'] as const,
    registers,
  });
  const batch = new Histogram({
    name: 'logpatrol_bus_batch_seconds',
    help: 'Time a stage took for one batch.',
    labelNames: byTopic,
    buckets: latencyBuckets,
    registers,
  });
  const transaction = new Histogram({
    name: 'logpatrol_bus_transaction_seconds',
    help: 'Time from opening a transaction to its commit or failure.',
    labelNames: ['group', 'outcome'] as const,
    buckets: latencyBuckets,
    registers,
  });
  const published = new Counter({
    name: 'logpatrol_bus_published_records_total',
    help: 'Records that a stage published in committed transactions.',
    labelNames: ['group'] as const,
    registers,
  });
  const takeovers = new Histogram({
    name: 'logpatrol_bus_takeover_seconds',
    help: 'Time from a partition being assigned until its state was read and work began.',
    labelNames: ['group'] as const,
    buckets: [...latencyBuckets, 30, 60],
    registers,
  });
  const dead = new Counter({
    name: 'logpatrol_bus_dead_letters_total',
    help: 'Records that could not be handled and went to the dlq topic.',
    labelNames: byTopic,
    registers,
  });
  const trouble = new Counter({
    name: 'logpatrol_bus_trouble_total',
    help: 'Failures on the bus that were retried.',
    labelNames: ['group'] as const,
    registers,
  });
  return {
    batch: (event) => {
      const labels = { group: event.group, topic: event.topic };
      records.inc(labels, event.records);
      bytes.inc(labels, event.bytes);
      lag.set({ ...labels, partition: event.partition }, event.lag);
      batch.observe(labels, event.durationMs / 1000);
    },
    transaction: ({ group, records: written, durationMs, failed }) => {
      transaction.observe({ group, outcome: failed ? 'failed' : 'committed' }, durationMs / 1000);
      if (!failed) published.inc({ group }, written);
    },
    takeover: ({ group, durationMs }) => takeovers.observe({ group }, durationMs / 1000),
    deadLetter: ({ group, topic }) => dead.inc({ group, topic }),
    trouble: ({ group }) => trouble.inc({ group }),
  };
}
