import { hostname } from 'node:os';
import type { Command } from 'commander';
import pLimit from 'p-limit';
import { inspector } from '#services/ipmi/inspect.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { stopSignal } from '#shared/lifecycle/index.ts';
import { printable } from '#shared/text/printable.ts';
import { print } from '../print.ts';
import { configOf, toolLogger } from '../setting.ts';
import { withAskProgress } from './ask-progress.ts';
import { type Asked, askBmc } from './asking.ts';
import { Keeper } from './keeper.ts';
import { overview, tally } from './overview.ts';
import { reportOf } from './report-of.ts';
import { type CheckReport, exitCodeOf, type ServerReport, worstFirst } from './server-report.ts';
import { defaultColumns, serverView, type ViewLook } from './server-view.ts';
import { openStored, type Stored, type Trends, trendHours } from './stored.ts';
import { openTargets, type TargetFlags } from './targets.ts';
import { ipmiWording } from './wording.ts';

export interface CheckFlags extends TargetFlags {
  readonly once?: true;
  readonly all?: true;
  readonly events: number;
  readonly format: 'text' | 'json';
}

/** `logpatrol ipmi check`. */
export async function check(flags: CheckFlags, command: Command): Promise<void> {
  const config = await configOf(command);
  const logger = toolLogger(config);
  const words = ipmiWording(config.language);
  const targets = await openTargets(config, flags, logger);
  const signal = stopSignal((code) => process.exit(code));
  try {
    const bmcs = targets.current();
    const keeper = new Keeper({ config, logger, clock: Date.now, warn });
    await keeper.open();
    const inspect = inspector({ config, logger, host: hostname(), clock: Date.now });
    let asked: Asked[];
    try {
      const limit = pLimit(config.ipmi.concurrency);
      asked = await withAskProgress(bmcs.length, words, (onDone) =>
        Promise.all(
          bmcs.map((bmc) =>
            limit(async () => {
              const answer = await askBmc(bmc, {
                inspect,
                limits: config.ipmi.limits,
                retries: ({ maxRetries }) => (flags.once === true ? 0 : maxRetries),
                log: keeper.isKeeping
                  ? { position: keeper.position(bmc.name) }
                  : { lastRecords: flags.events },
                signal,
              });
              onDone();
              return answer;
            }),
          ),
        ),
      );
    } catch (error) {
      if (!signal.aborted) throw error;
      process.exitCode = 130;
      return;
    }
    const seen = asked.filter((answer) => answer.kind === 'asked');
    const unable = asked.filter((answer) => answer.kind === 'unable');
    await keeper.keep(
      seen.map(({ inspection, metrics }) => ({
        inspection,
        metrics,
        isListed: targets.isListed(inspection.bmc.name),
      })),
    );
    for (const { where, message } of targets.problems()) warn(`${where}: ${message}`);
    const reasons = [...new Set(unable.map(({ reason }) => reason))];
    if (seen.length === 0) throw new LogpatrolError('unusable-environment', reasons.join('; '));
    for (const reason of reasons) warn(reason);
    await tell(seen, flags, config, unable.length > 0);
  } finally {
    await targets.close();
  }
}

async function tell(
  seen: readonly Extract<Asked, { kind: 'asked' }>[],
  flags: CheckFlags,
  config: Config,
  hasUnable: boolean,
): Promise<void> {
  // Opened anew: what was kept just now is part of the history.
  const stored = await openStored(config, toolLogger(config));
  try {
    const reports = await Promise.all(
      seen.map(async (answer) =>
        reportOf(answer, await stored.events(answer.status.host, flags.events), flags.events),
      ),
    );
    const exitCode = hasUnable ? 3 : exitCodeOf(reports);
    process.exitCode = exitCode;
    if (flags.format === 'json') {
      const report: CheckReport = { at: new Date().toISOString(), exitCode, servers: reports };
      await print(`${JSON.stringify(report, null, 2)}\n`);
    } else await print(await page(reports, flags, config, stored));
  } finally {
    await stored.close();
  }
}

/** One server with all that it has; of several one line each, then what is not well, and its details. */
async function page(
  reports: readonly ServerReport[],
  flags: CheckFlags,
  { language }: Config,
  stored: Stored,
): Promise<string> {
  const isTerminal = process.stdout.isTTY === true;
  const look: ViewLook = { language, columns: process.stdout.columns ?? defaultColumns, isTerminal };
  const isMany = reports.length > 1;
  const sensors = isMany ? (flags.all === true ? 'read' : 'wrong') : flags.all === true ? 'all' : 'read';
  const told = worstFirst(reports).filter(
    ({ status }) => !isMany || flags.all === true || (status.outcome === 'ok' && status.health !== 'ok'),
  );
  const blocks: string[] = isMany ? [`${overview(reports, look).join('\n')}\n`] : [];
  for (const report of told) {
    const shown = report.readings.filter(({ status }) => sensors !== 'wrong' || isWrong(status));
    const trends: Trends = await stored.trends(shown, Date.now());
    blocks.push(serverView(report, { ...look, sensors, trends, trendHours }));
  }
  // At the end once more, for that is what a terminal shows.
  if (isMany) blocks.push(`${tally(reports, look)}\n`);
  return blocks.join('\n');
}

function isWrong(status: string): boolean {
  return status === 'critical' || status === 'warning';
}

function warn(why: string): void {
  process.stderr.write(`logpatrol: ${printable(why)}\n`);
}
