import { Gauge, type Registry } from 'prom-client';
import type { DrillReport } from './report.ts';

/** What scheduled drills show on `/metrics`; told of each one that ended. */
export function drillMetrics(registry: Registry): (report: DrillReport, now: number) => void {
  const seconds = new Gauge({
    name: 'logpatrol_drill_seconds',
    help: 'Time from the line to each hop of the last drill; a hop that was not reached is absent.',
    labelNames: ['hop'],
    registers: [registry],
  });
  const lastSuccess = new Gauge({
    name: 'logpatrol_drill_last_success_timestamp_seconds',
    help: 'When a drill last came through; of the process that runs them.',
    registers: [registry],
  });
  const ok = new Gauge({
    name: 'logpatrol_drill_ok',
    help: '1 where the last drill came through, else 0; of the process that runs them.',
    registers: [registry],
  });
  // Not 0, which both would be from their first moment, but absent until there is something to say: alerts compare them.
  lastSuccess.remove();
  ok.remove();
  return ({ outcome, hops }, now) => {
    seconds.reset();
    for (const { name, sinceLineMs } of hops) seconds.set({ hop: name }, sinceLineMs / 1000);
    ok.set(outcome === 'accepted' ? 1 : 0);
    if (outcome === 'accepted') lastSuccess.set(now / 1000);
  };
}
