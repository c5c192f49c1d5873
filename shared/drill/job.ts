import type { Registry } from 'prom-client';
import type { Job } from '#shared/housekeeping/job.ts';
import { sendHeartbeat } from './heartbeat.ts';
import { drillMetrics } from './metrics.ts';
import { planDrill } from './plan.ts';
import { hopTitles } from './remedies.ts';
import type { DrillReport } from './report.ts';
import { type DrillParts, runDrill } from './run.ts';

/** Name of the job, and of what is kept of it. */
export const drillJobName = 'drill';

/** Drills on a schedule, each told to the monitor outside; `undefined` where none are wanted (`drill.everyMinutes`). */
export function drillJob(parts: Omit<DrillParts, 'signal'>, registry: Registry): Job | undefined {
  const { config, clock } = parts;
  const { drill } = config;
  if (drill.everyMinutes === undefined) return undefined;
  const note = drillMetrics(registry);
  return {
    name: drillJobName,
    schedule: { everyMinutes: drill.everyMinutes },
    trouble: {
      'zh-CN': '演练没有走完全程：告警可能到不了',
      en: 'a drill did not arrive: alerts may not either',
    },
    isAudited: false,
    async run(signal) {
      const report = await runDrill({ ...parts, signal }, planDrill(config));
      signal.throwIfAborted();
      note(report, clock());
      const isThrough = report.outcome === 'accepted';
      const unheard = await sendHeartbeat(drill, isThrough, signal);
      return {
        ok: isThrough && unheard === undefined,
        lines: [drillLine(report), ...(unheard === undefined ? [] : [unheard])],
      };
    },
  };
}

/** What a drill came to, on one line. */
export function drillLine({ id, channel, hops, failure }: DrillReport): string {
  if (failure === undefined) {
    const accepted = hops.find(({ name }) => name === 'delivery')?.sinceLineMs ?? 0;
    return `drill ${id}: accepted by ${channel} after ${Math.round(accepted)} ms`;
  }
  const { hop, why, remedy, anchor } = failure;
  return `drill ${id}: ${hopTitles[hop]} is missing: ${why}; ${remedy} (docs/troubleshooting.md#${anchor})`;
}
