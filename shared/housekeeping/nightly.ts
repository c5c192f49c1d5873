import type { Config } from '#shared/config/index.ts';
import { messageOf } from '#shared/errors/index.ts';
import { openUpkeep } from '#shared/lifecycle/open.ts';
import type { StepReport, Upkeep, UpkeepStepName } from '#shared/store/upkeep.ts';
import type { Job } from './job.ts';

export interface UpkeepRun {
  /** All that the store has where absent. */
  readonly steps?: readonly UpkeepStepName[] | undefined;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly clock: () => number;
  /** Told of each step as it ends. */
  readonly onStep?: (report: StepReport) => void;
}

/** Goes through the steps one after the other; one that fails does not keep the next from its turn. @throws the signal's reason */
export async function runSteps(upkeep: Upkeep, run: UpkeepRun): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  for (const step of upkeep.steps.filter((name) => run.steps?.includes(name) ?? true)) {
    const report = await reportOf(upkeep, step, run);
    reports.push(report);
    run.onStep?.(report);
  }
  return reports;
}

async function reportOf(upkeep: Upkeep, step: UpkeepStepName, run: UpkeepRun): Promise<StepReport> {
  run.signal.throwIfAborted();
  try {
    return await upkeep.run(step, { now: run.clock(), dryRun: run.dryRun, signal: run.signal });
  } catch (error) {
    run.signal.throwIfAborted();
    return { step, outcome: 'trouble', lines: [messageOf(error)] };
  }
}

/** The nightly work as a job of the service. */
export function nightlyJob(config: Config, { clock }: { clock: () => number }): Job {
  const { at, timeZone } = config.housekeeping;
  return {
    name: 'nightly',
    schedule: { at, timeZone: timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone },
    trouble: { 'zh-CN': '夜间维护有问题', en: 'the nightly housekeeping found trouble' },
    isAudited: true,
    run: async (signal) => {
      const upkeep = await openUpkeep(config);
      try {
        const reports = await runSteps(upkeep, { dryRun: false, signal, clock });
        const isTrouble = ({ outcome }: StepReport): boolean => outcome === 'trouble';
        const inOrder = [...reports.filter(isTrouble), ...reports.filter((report) => !isTrouble(report))];
        return {
          ok: !reports.some(isTrouble),
          lines: inOrder.flatMap(({ step, lines }) => lines.map((line) => `${step}: ${line}`)),
        };
      } finally {
        await upkeep.close();
      }
    },
  };
}
