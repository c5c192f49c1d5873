import { Counter, Gauge, type Registry } from 'prom-client';
import type { HousekeepingObserver } from './task.ts';

/** The housekeeping's metrics in `registry`. */
export function housekeepingMetrics(
  registry: Registry,
): Pick<HousekeepingObserver, 'started' | 'stopped' | 'ended' | 'known'> {
  const registers = [registry];
  // `job` is the name of a label that Prometheus itself sets.
  const labelNames = ['task'] as const;
  const runs = new Counter({
    name: 'logpatrol_housekeeping_runs_total',
    help: 'Runs that ended, by outcome: ok or failed.',
    labelNames: ['task', 'outcome'] as const,
    registers,
  });
  const running = new Gauge({
    name: 'logpatrol_housekeeping_running',
    help: '1 while the job runs in this process, else 0.',
    labelNames,
    registers,
  });
  const lastOk = new Gauge({
    name: 'logpatrol_housekeeping_last_success_timestamp_seconds',
    help: 'When a run of the job last went well; of the process that is active.',
    labelNames,
    registers,
  });
  const isOk = new Gauge({
    name: 'logpatrol_housekeeping_ok',
    help: '1 where the last run of the job went well, else 0; of the process that is active.',
    labelNames,
    registers,
  });
  const duration = new Gauge({
    name: 'logpatrol_housekeeping_duration_seconds',
    help: 'How long the last run of the job took.',
    labelNames,
    registers,
  });
  return {
    started: (job) => running.set({ task: job }, 1),
    stopped: (job) => running.set({ task: job }, 0),
    ended: (job, { ok }, tookMs) => {
      runs.inc({ task: job, outcome: ok ? 'ok' : 'failed' });
      duration.set({ task: job }, tookMs / 1000);
      isOk.set({ task: job }, ok ? 1 : 0);
      if (ok) lastOk.set({ task: job }, Date.now() / 1000);
    },
    known: ({ job, ok, lastOkAt }) => {
      if (ok !== undefined) isOk.set({ task: job }, ok ? 1 : 0);
      if (lastOkAt !== undefined) lastOk.set({ task: job }, lastOkAt / 1000);
    },
  };
}
