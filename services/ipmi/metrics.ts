import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { PollObserver } from './poll/index.ts';

/** Series by server are kept of so many at most; of more there are the totals alone. */
const mostServers = 1000;

/** What is to be seen of polling at `/metrics`. */
export function ipmiMetrics(registry: Registry): Omit<PollObserver, 'unreadable'> {
  const registers = [registry];
  const polls = new Counter({
    name: 'logpatrol_ipmi_polls_total',
    help: 'Polls of BMCs by how they ended: ok, unreachable, refused, invalid, or unable: they could not even be asked.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const duration = new Histogram({
    name: 'logpatrol_ipmi_poll_seconds',
    help: 'Time that polls took.',
    labelNames: ['outcome'] as const,
    buckets: [0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120],
    registers,
  });
  const late = new Histogram({
    name: 'logpatrol_ipmi_poll_late_seconds',
    help: 'How much later than due polls started.',
    buckets: [0.5, 1, 2, 5, 10, 30, 60, 300],
    registers,
  });
  const overdue = new Gauge({
    name: 'logpatrol_ipmi_overdue_seconds',
    help: 'For how long the poll that is longest overdue has waited for a process.',
    registers,
  });
  const processes = new Gauge({
    name: 'logpatrol_ipmi_polls_running',
    help: 'Polls under way, which is processes.',
    registers,
  });
  const events = new Counter({
    name: 'logpatrol_ipmi_events_total',
    help: 'Events of system event logs that were published.',
    registers,
  });
  const servers = new Gauge({
    name: 'logpatrol_ipmi_servers',
    help: 'Servers on the list.',
    registers,
  });
  const up = new Gauge({
    name: 'logpatrol_ipmi_up',
    help: 'Whether the BMC answered its last poll.',
    labelNames: ['server'] as const,
    registers,
  });
  const clockOffset = new Gauge({
    name: 'logpatrol_ipmi_clock_offset_seconds',
    help: "The BMC's clock minus ours.",
    labelNames: ['server'] as const,
    registers,
  });
  const shown = new Set<string>();
  return {
    started: ({ lateMs }) => late.observe(lateMs / 1000),
    ended({ bmc: { name: server }, tookMs, result, events: found }) {
      const { outcome } = result;
      polls.inc({ outcome });
      duration.observe({ outcome }, tookMs / 1000);
      events.inc(found.length);
      if (!shown.has(server) || outcome === 'unable') return;
      up.set({ server }, outcome === 'ok' ? 1 : 0);
      if (result.outcome === 'ok' && result.clockOffsetMs !== undefined)
        clockOffset.set({ server }, result.clockOffsetMs / 1000);
    },
    measured({ running, overdueMs }) {
      processes.set(running);
      overdue.set(overdueMs / 1000);
    },
    listed(names) {
      servers.set(names.size);
      for (const server of shown)
        if (!names.has(server)) {
          shown.delete(server);
          up.remove({ server });
          clockOffset.remove({ server });
        }
      for (const server of names) if (shown.size < mostServers) shown.add(server);
    },
  };
}
