import { topic } from '#shared/bus/topics.ts';
import { drillJob } from '#shared/drill/index.ts';
import { type Job, nightlyJob } from '#shared/housekeeping/index.ts';
import type { Runtime, Service } from '#shared/lifecycle/service.ts';
import { stageService } from '#shared/lifecycle/stage-service.ts';
import { housekeepingMetrics } from './metrics.ts';
import { HousekeepingTask } from './task.ts';

/** Starts the service housekeeping: of all processes that run it one does each job when it is due. */
export async function start(runtime: Runtime): Promise<Service> {
  const { bus, config, clock } = runtime;
  const logger = runtime.logger.child({ service: { name: 'housekeeping' } });
  const metrics = housekeepingMetrics(runtime.metrics);
  const drills = drillJob({ bus, store: runtime.store, config, logger, clock }, runtime.metrics);
  const jobs: Job[] = [
    ...(config.housekeeping.enabled ? [nightlyJob(config, { clock })] : []),
    ...(drills === undefined ? [] : [drills]),
  ];
  const task = () =>
    new HousekeepingTask({
      jobs,
      operator: config.operator.channel,
      language: config.language,
      observer: {
        ...metrics,
        started: (job) => {
          metrics.started(job);
          logger.info({ job }, `${job} begins`);
        },
        ended: (job, result, tookMs) => {
          metrics.ended(job, result, tookMs);
          const seconds = Math.round(tookMs / 1000);
          const { ok, lines } = result;
          if (ok) logger.info({ job, lines }, `${job} went well, in ${seconds} s`);
          else logger.error({ job, lines }, `${job} found trouble: ${lines[0] ?? 'it does not say what'}`);
        },
        unreadable: (job, why) =>
          logger.error({ job }, `what was kept of ${job} cannot be read, it begins anew: ${why}`),
      },
    });
  const member = () =>
    bus.run({
      group: 'housekeeping',
      input: topic.housekeeping,
      start: 'committed',
      state: [topic.housekeeping],
      task,
    });
  return await stageService('housekeeping', [member], async () => [await bus.health()]);
}
