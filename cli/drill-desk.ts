import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { plainly } from '#shared/audit/index.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { DrillReport, planDrill, runDrill } from '#shared/drill/index.ts';
import { openStore } from '#shared/lifecycle/index.ts';
import type { RunningProcess } from './running-process.ts';
import { withBus } from './with-bus.ts';

/** How often a running process is asked how far it has got. */
const askEveryMs = 250;
const Answer = z.object({ drill: DrillReport });

/** What somebody wants of a drill from the command line. */
export interface DrillDraft {
  readonly by: string;
  /** As configured where absent. */
  readonly timeoutSeconds: number | undefined;
}

/**
 * Runs a drill: on Kafka this process writes the line itself, on the embedded bus the process that has it does.
 *
 * @param told is given the report anew with each hop
 * @throws LogpatrolError as `planDrill` and `runDrill`, and as the running process refuses
 */
export function drill(
  config: Config,
  { by, timeoutSeconds }: DrillDraft,
  told: (report: DrillReport) => void,
): Promise<DrillReport> {
  const plan = planDrill(config, { timeoutSeconds });
  const topics = [
    ...[topic.logs(plan.type), topic.signals, topic.incidents, topic.findings, topic.outbox(plan.channel)],
    ...[topic.deliveries, topic.audit],
  ];
  return withBus(config, topics, {
    here: async (bus, logger) => {
      const writer = await bus.writer(`drill-audit-${plan.id}`);
      try {
        const done = { action: 'drill.run', by, note: plan.id };
        await writer.write([plainly({ via: 'cli' }, Date.now(), done)]);
      } finally {
        await writer.close();
      }
      const store = await openStore(config, { logger });
      try {
        return await runDrill({ bus, store, config, logger, clock: Date.now }, plan, told);
      } finally {
        await store.close();
      }
    },
    there: (process) => drillThere(process, { by, timeoutSeconds }, told),
  });
}

async function drillThere(
  process: RunningProcess,
  draft: DrillDraft,
  told: (report: DrillReport) => void,
): Promise<DrillReport> {
  let { drill: report } = await process.ask('POST', '/api/drills', Answer, draft);
  for (;;) {
    told(report);
    if (report.outcome !== 'running') return report;
    await delay(askEveryMs);
    ({ drill: report } = await process.ask('GET', `/api/drills/${report.id}`, Answer));
  }
}
