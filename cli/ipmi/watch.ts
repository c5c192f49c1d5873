import { hostname } from 'node:os';
import type { Command } from 'commander';
import { inspector } from '#services/ipmi/inspect.ts';
import type { Config } from '#shared/config/index.ts';
import { stopSignal } from '#shared/lifecycle/index.ts';
import { printable } from '#shared/text/printable.ts';
import { print } from '../print.ts';
import { configOf, toolLogger } from '../setting.ts';
import { type Followed, follow } from './following.ts';
import { Keeper } from './keeper.ts';
import { livePage } from './live-page.ts';
import { Screen } from './screen.ts';
import { defaultColumns, serverView } from './server-view.ts';
import { trendHours } from './stored.ts';
import { openTargets, type TargetFlags } from './targets.ts';

export interface WatchFlags extends TargetFlags {
  readonly interval?: number;
  readonly rounds?: number;
  readonly all?: true;
  readonly events: number;
  readonly format: 'text' | 'json';
}

/** `logpatrol ipmi watch`: until Ctrl-C, or so many rounds. */
export async function watch(flags: WatchFlags, command: Command): Promise<void> {
  const config = await configOf(command);
  const logger = toolLogger(config);
  const targets = await openTargets(config, flags, logger);
  const signal = stopSignal((code) => process.exit(code));
  const latest = new Map<string, Followed>();
  const warnings: string[] = [];
  const isLive = process.stdout.isTTY === true && flags.format === 'text';
  const warn = (why: string): void => {
    // A line on standard error would tear the page.
    if (isLive) warnings.splice(0, warnings.length, why);
    else process.stderr.write(`logpatrol: ${printable(why)}\n`);
  };
  const seconds = flags.interval ?? Math.min(...targets.current().map((bmc) => bmc.intervalSeconds));
  let screen: Screen | undefined;
  try {
    const keeper = new Keeper({ config, logger, clock: Date.now, warn });
    await keeper.open();
    if (isLive)
      screen = new Screen(process.stdout, (size) =>
        livePage([...latest.values()], {
          ...size,
          flags,
          config,
          seconds,
          warnings,
          total: targets.current().length,
        }),
      );
    await follow({
      config,
      targets,
      keeper,
      inspect: inspector({ config, logger, host: hostname(), clock: Date.now }),
      interval: flags.interval,
      rounds: flags.rounds,
      events: flags.events,
      logger,
      signal,
      warn,
      onSeen: async (followed) => {
        latest.set(followed.report.server, followed);
        if (screen !== undefined) screen.draw();
        else
          await print(
            flags.format === 'json' ? `${JSON.stringify(followed.report)}\n` : block(followed, flags, config),
          );
      },
    });
  } finally {
    screen?.close();
    await targets.close();
  }
}

/** What is printed of one server and round where the output is no terminal. */
function block({ report, trends }: Followed, flags: WatchFlags, { language }: Config): string {
  const columns = process.stdout.columns ?? defaultColumns;
  const sensors = flags.all === true ? 'read' : 'wrong';
  return `${report.status.timestamp}\n${serverView(report, { language, columns, isTerminal: false, sensors, trends, trendHours })}\n`;
}
