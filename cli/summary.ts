import { Command, Option } from 'commander';
import type { History } from '#services/analyzer/rates/index.ts';
import { duration } from './moment.ts';
import { print } from './print.ts';
import { rulesOf } from './rule-options.ts';
import { configOf, toolLogger } from './setting.ts';
import { momentFlag, timeSpan } from './time-flags.ts';
import { wholeNumber } from './whole-number.ts';

interface SummaryFlags {
  readonly service?: string;
  readonly host?: string;
  readonly type?: string;
  readonly keyword: readonly string[];
  readonly window: number;
  readonly from?: (now: number) => number;
  readonly to?: (now: number) => number;
  readonly maxLines: number;
  readonly history?: string;
  readonly format: 'text' | 'json';
}

/** Width of a page where the output is no terminal. */
const defaultColumns = 120;

const examples = `
Examples:
  logpatrol summary --service checkout
  logpatrol summary --service checkout --host web-3 --window 1h
  logpatrol summary --service checkout --from 2026-11-20T03:00 --to 2026-11-20T03:30
  logpatrol summary --keyword timeout --keyword 支付
  logpatrol summary --service checkout --format json | jq .errors

Counts are compared with the six windows of the same length before, and with the same time a day and a week ago, as far as lines of
those times are stored. Exit code 1 where there are no lines.`;

/** `logpatrol summary`. */
export function summaryCommand(): Command {
  return new Command('summary')
    .description('Sum up stored lines on one page: how many, how bad, what is new, what failed.')
    .option('--service <name>', 'only lines of this service')
    .option('--host <name>', 'only lines of this host')
    .option('--type <type>', 'only lines of this log type')
    .addOption(
      new Option('--keyword <text>', 'only lines with this text; repeatable, all of them must be there')
        .argParser((value: string, previous: readonly string[]) => [...previous, value])
        .default([], 'none'),
    )
    .addOption(
      new Option('--window <duration>', 'so long up to --to: 30s, 10m, 2h, 1d')
        .argParser(duration)
        .default(600_000, '10m'),
    )
    .addOption(
      new Option('--from <time>', 'a date and time, or 12h for so long ago; instead of --window').argParser(
        momentFlag,
      ),
    )
    .addOption(new Option('--to <time>', 'as --from (default: now)').argParser(momentFlag))
    .addOption(
      new Option('--max-lines <count>', 'of more lines than this, an even sample is read')
        .argParser(wholeNumber(100, 99_999_999))
        .default(200_000),
    )
    .option('--history <file>', 'compare with what `logpatrol learn` wrote, and not with stored lines')
    .addOption(new Option('--format <format>', 'what to print').choices(['text', 'json']).default('text'))
    .addHelpText('after', examples)
    .action(async (flags: SummaryFlags, self: Command) => {
      const config = await configOf(self);
      const span = timeSpan(flags, flags.window, Date.now());
      const { summarise } = await import('#services/analyzer/summary/index.ts');
      const { openStoreForReading } = await import('#shared/lifecycle/index.ts');
      const rules = await rulesOf(config, []);
      const history = flags.history === undefined ? undefined : await historyOf(flags.history);
      const store = await openStoreForReading(config, { logger: toolLogger(config) });
      try {
        const summary = await summarise({
          store,
          config,
          rules,
          filter: {
            ...span,
            ...(flags.service === undefined ? {} : { service: flags.service }),
            ...(flags.host === undefined ? {} : { host: flags.host }),
            ...(flags.type === undefined ? {} : { type: flags.type }),
            ...(flags.keyword.length === 0 ? {} : { keywords: flags.keyword }),
          },
          maxLines: flags.maxLines,
          history,
        });
        if (flags.format === 'json') await print(`${JSON.stringify(summary, null, 2)}\n`);
        else {
          const { summaryPage } = await import('./summary-page.ts');
          await print(
            summaryPage(summary, {
              language: config.language,
              columns: process.stdout.columns ?? defaultColumns,
              isTerminal: process.stdout.isTTY === true,
            }),
          );
        }
        if (summary.lines === 0) process.exitCode = 1;
      } finally {
        await store.close();
      }
    });
}

async function historyOf(path: string): Promise<History> {
  const { readHistory } = await import('#services/analyzer/rates/index.ts');
  return await readHistory(path);
}
