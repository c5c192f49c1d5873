import { setTimeout as delay } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { plainly } from '#shared/audit/index.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { DrillReport, planDrill, runDrill } from '#shared/drill/index.ts';
import { openStore } from '#shared/lifecycle/index.ts';
import { drillProgress, drillText } from './drill-page.ts';
import type { RunningProcess } from './running-process.ts';
import { configOf } from './setting.ts';
import { wholeNumber } from './whole-number.ts';
import { withBus } from './with-bus.ts';

/** How often a running process is asked how far it has got. */
const askEveryMs = 250;
const Answer = z.object({ drill: DrillReport });

interface DrillOptions {
  readonly timeout?: number;
  readonly format: 'table' | 'json';
  readonly by: string;
}

/** `logpatrol drill`. */
export function drillCommand(): Command {
  return new Command('drill')
    .description(
      'Send a marked failure of our own through the whole path, from a line to an accepted card, and tell the time of each hop.',
    )
    .addOption(
      new Option(
        '--timeout <seconds>',
        'how long to wait for the card (default: drill.timeoutSeconds)',
      ).argParser(wholeNumber(5, 600)),
    )
    .addOption(new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table'))
    .addOption(
      new Option('--by <name>', 'who wants it, for the audit log').default(process.env.USER ?? 'cli'),
    )
    .addHelpText(
      'after',
      `
Examples:
  logpatrol drill
  logpatrol drill --timeout 20 --format json | jq .hops

The card is marked as a drill, goes to drill.channel (else operator.channel, else the first), calls nobody, and resolves by itself.
Exit code 0: the card was accepted. 1: a hop was not reached in time; the last line says which and what to look at.`,
    )
    .action(async ({ timeout, format, by }: DrillOptions, self: Command) => {
      const config = await configOf(self);
      const progress = format === 'table' ? drillProgress() : undefined;
      const report = await drill(config, timeout, by, (now) => progress?.show(now)).finally(() =>
        progress?.stop(),
      );
      process.stdout.write(format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : drillText(report));
      if (report.outcome !== 'accepted') process.exitCode = 1;
    });
}

/** On Kafka this process writes the line itself; on the embedded bus the process that has it does. */
function drill(
  config: Config,
  timeoutSeconds: number | undefined,
  by: string,
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
  draft: { readonly by: string; readonly timeoutSeconds: number | undefined },
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
