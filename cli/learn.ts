import { access } from 'node:fs/promises';
import { hostname } from 'node:os';
import { Command, Option } from 'commander';
import type { ServiceHistory } from '#services/analyzer/rates/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { print } from './print.ts';
import { addRuleOptions, type RuleFlags, rulesOf } from './rule-options.ts';
import { withScanProgress } from './scan-progress.ts';
import { configOf } from './setting.ts';
import { table } from './table.ts';

interface LearnFlags extends RuleFlags {
  readonly out: string;
  readonly into?: true;
  readonly format: 'table' | 'json';
  readonly host: string;
}

const examples = `
Files of one folder are one sample (one run of an application) where there are several folders; else each file is one.

Examples:
  logpatrol learn --service checkout --out checkout.ndjson.gz checkout.log.*
  logpatrol learn --out jobs.ndjson.gz runs/*/*.log          one sample for each folder of runs/
  logpatrol learn --into --out jobs.ndjson.gz runs/new/*.log  adds to what is known
  logpatrol scan --history jobs.ndjson.gz today/*.log`;

/** `logpatrol learn FILES… --out HISTORY`. */
export function learnCommand(): Command {
  const command = new Command('learn')
    .description('Learn from known-good log files what is usual, for scan --history and rates.history.')
    .argument('<files...>', 'known-good files, plain or gzip, or - for standard input')
    .requiredOption('--out <history>', 'file to write; compressed where its name ends in .gz')
    .option('--into', 'add to what the file has already')
    .addOption(new Option('--format <format>', 'what to print').choices(['table', 'json']).default('table'))
    .option('--host <name>', 'host of the lines', hostname());
  return addRuleOptions(command)
    .addHelpText('after', examples)
    .action(async (files: string[], flags: LearnFlags, self: Command) => {
      const config = await configOf(self);
      const { learnFiles } = await import('#services/analyzer/scan/index.ts');
      const { readHistory, servicesOf, writeHistory } = await import('#services/analyzer/rates/index.ts');
      const exists = await isThere(flags.out);
      if (exists && flags.into === undefined)
        throw new LogpatrolError(
          'usage',
          `${flags.out} is there already; add to it with --into, or name another file`,
        );
      const into = exists ? await readHistory(flags.out) : undefined;
      const rules = await rulesOf(config, flags.rules);
      const history = await withScanProgress((onProgress) =>
        learnFiles({
          inputs: files,
          stdin: process.stdin,
          config,
          rules,
          type: flags.type,
          service: flags.service,
          host: flags.host,
          now: Date.now(),
          onProgress,
          into,
        }),
      );
      if (history.kinds.length === 0)
        throw new LogpatrolError(
          'unreadable-input',
          'there is no line with a time in these files: nothing was learned',
        );
      await writeHistory(flags.out, history);
      const services = servicesOf(history, config.rates.historyHours);
      const kindsOf = (service: string) =>
        history.kinds.filter(
          ({ baseline }) => baseline.service === service && baseline.template !== undefined,
        ).length;
      if (flags.format === 'json')
        await print(
          `${JSON.stringify(
            {
              history: flags.out,
              samples: history.samples.length,
              services: services.map((each) => ({ ...each, kinds: kindsOf(each.service) })),
            },
            null,
            2,
          )}\n`,
        );
      else
        await print(
          table(
            ['SERVICE', 'SAMPLES', 'HOURS', 'KINDS', 'ENOUGH'],
            services.map((each) => [
              each.service,
              String(each.samples),
              each.hours.toFixed(1),
              String(kindsOf(each.service)),
              each.isEnough ? 'yes' : `no: ${shortfall(each, config.rates.historyHours)}`,
            ]),
          ),
        );
    });
}

/** What is missing of a history. */
export function shortfall({ hours, samples }: ServiceHistory, historyHours: number): string {
  return `${Number(hours.toFixed(1))} h of the ${historyHours} h needed, or ${samples} of 5 samples`;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
