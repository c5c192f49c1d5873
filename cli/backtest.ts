import { Command, InvalidArgumentError, Option } from 'commander';
import type { BacktestReport } from '#services/analyzer/backtest/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { backtestTables } from './backtest-tables.ts';
import { lineProgress } from './line-progress.ts';
import { print } from './print.ts';
import { rulesOf } from './rule-options.ts';
import { configOf, toolLogger } from './setting.ts';
import { momentFlag, timeSpan } from './time-flags.ts';
import { wholeNumber } from './whole-number.ts';

const dayMs = 86_400_000;
const conditions = ['new-critical', 'new-warning', 'new', 'gone', 'any'] as const;
type Condition = (typeof conditions)[number];

interface BacktestFlags {
  readonly rules: readonly string[];
  readonly days: number;
  readonly from?: (now: number) => number;
  readonly to?: (now: number) => number;
  readonly type?: string;
  readonly service?: string;
  readonly format: 'table' | 'json' | 'ndjson';
  readonly limitLines?: number;
  readonly failOn?: Condition;
}

const examples = `
Examples:
  logpatrol rules backtest --rules my-pack.yaml
  logpatrol rules backtest --rules rules/jvm.yaml --days 7 --type app
  logpatrol rules backtest --rules packs/ --from 2026-11-20T08:00 --to 2026-11-20T12:00 --format json
  logpatrol rules backtest --rules my-pack.yaml --fail-on new-critical    exit 1, for a pipeline

A pack takes the place of the one of its name, or comes beside the others. Nothing is published and nobody is told.`;

/** `logpatrol rules backtest`. */
export function backtestCommand(): Command {
  return new Command('backtest')
    .description('Run changed rule packs over the stored logs: what would be new, and what would be gone.')
    .addOption(
      new Option('--rules <path>', 'a changed pack, or a folder of them; repeatable')
        .argParser((value: string, previous: readonly string[]) => [...previous, value])
        .default([], 'none: what the present rules say'),
    )
    .addOption(new Option('--days <days>', 'so many days up to now').argParser(positiveNumber).default(3))
    .addOption(new Option('--from <time>', 'a date and time, or 12h for so long ago').argParser(momentFlag))
    .addOption(new Option('--to <time>', 'as --from (default: now)').argParser(momentFlag))
    .option('--type <type>', 'only lines of this log type')
    .option('--service <name>', 'only lines of this service')
    .addOption(
      new Option('--format <format>', 'what to print').choices(['table', 'json', 'ndjson']).default('table'),
    )
    .addOption(
      new Option('--limit-lines <count>', 'stop after so many lines, the oldest first').argParser(
        wholeNumber(1, 999_999_999_999),
      ),
    )
    .addOption(new Option('--fail-on <change>', 'exit 1 where there is such a change').choices(conditions))
    .addHelpText('after', examples)
    .action(async (flags: BacktestFlags, self: Command) => {
      const config = await configOf(self);
      const span = timeSpan(flags, flags.days * dayMs, Date.now());
      const { backtest, withChangedPacks } = await import('#services/analyzer/backtest/index.ts');
      const { loadRules } = await import('#services/analyzer/detect/index.ts');
      const { checkRoutePacks } = await import('#services/analyzer/route-packs.ts');
      const present = await rulesOf(config, []);
      const named = await loadRules({ paths: flags.rules, shipped: false, language: config.language });
      if (flags.rules.length > 0 && named.packs.length === 0)
        throw new LogpatrolError('unreadable-input', `there is no rule pack in ${flags.rules.join(', ')}`);
      const changed = withChangedPacks(present, named);
      checkRoutePacks(config.routes, changed.packs);
      for (const warning of named.warnings) process.stderr.write(`logpatrol: ${warning}\n`);

      const { openStoreForReading } = await import('#shared/lifecycle/index.ts');
      const store = await openStoreForReading(config, { logger: toolLogger(config) });
      const progress = lineProgress(Date.now);
      let report: BacktestReport;
      try {
        report = await backtest({
          store,
          config,
          present,
          changed,
          packs: named.packs,
          filter: {
            ...span,
            ...(flags.type === undefined ? {} : { type: flags.type }),
            ...(flags.service === undefined ? {} : { service: flags.service }),
          },
          limitLines: flags.limitLines,
          onProgress: progress?.show,
        });
      } finally {
        progress?.stop();
        await store.close();
      }
      for (const pack of named.packs)
        for (const type of typesWithout(pack, config.routes))
          process.stderr.write(
            `logpatrol: routes.${type}.packs does not name ${pack}: no line of that type was given to it\n`,
          );
      await printReport(report, flags.format);
      if (flags.failOn !== undefined && holds(flags.failOn, report)) process.exitCode = 1;
    });
}

async function printReport(report: BacktestReport, format: BacktestFlags['format']): Promise<void> {
  switch (format) {
    case 'json':
      await print(`${JSON.stringify(report, null, 2)}\n`);
      return;
    case 'ndjson':
      for (const incident of report.incidents) await print(`${JSON.stringify(incident)}\n`);
      return;
    case 'table':
      await print(
        backtestTables(report, {
          isTerminal: process.stdout.isTTY === true,
          columns: process.stdout.columns,
        }),
      );
      return;
  }
}

function typesWithout(
  pack: string,
  routes: Readonly<Record<string, { readonly packs?: readonly string[] | undefined }>>,
): string[] {
  return Object.entries(routes).flatMap(([type, { packs }]) =>
    packs === undefined || packs.includes(pack) ? [] : [type],
  );
}

function holds(condition: Condition, { incidents }: BacktestReport): boolean {
  return incidents.some(({ change, changed }) => {
    switch (condition) {
      case 'any':
        return change !== 'same';
      case 'new-critical':
        return change === 'new' && changed?.severity === 'critical';
      case 'new-warning':
        return change === 'new' && changed?.severity !== 'info';
      default:
        return change === condition;
    }
  });
}

function positiveNumber(text: string): number {
  if (!/^\d{1,4}(?:\.\d{1,3})?$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError('use a number above 0');
  return Number(text);
}
