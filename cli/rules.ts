import { Command, Option } from 'commander';
import { printable } from '#shared/text/printable.ts';
import { backtestCommand } from './backtest.ts';
import { counted } from './counted.ts';
import { print } from './print.ts';
import { addRuleOptions, type RuleFlags, rulesOf } from './rule-options.ts';
import { configOf } from './setting.ts';
import { colourSeverities } from './severity-colour.ts';
import { table } from './table.ts';

/** `logpatrol rules match | lint | list | backtest`. */
export function rulesCommand(): Command {
  const command = new Command('rules').description('Try, check and list the detection rules.');
  command.addCommand(matchCommand());
  command.addCommand(lintCommand());
  command.addCommand(listCommand());
  command.addCommand(backtestCommand());
  return command;
}

interface MatchFlags extends RuleFlags {
  readonly format: 'ndjson' | 'table';
}

function matchCommand(): Command {
  const command = new Command('match')
    .description('Print each line that a rule matches, with the rule that speaks for it.')
    .argument('<files...>', 'files, plain or gzip, or - for standard input')
    .addOption(
      new Option('--format <format>', 'one JSON object a line, or columns')
        .choices(['ndjson', 'table'])
        .default('table'),
    );
  return addRuleOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  logpatrol rules match --rules my-pack.yaml app.log
  logpatrol rules match --format ndjson app.log | jq -r .rule | sort | uniq -c`,
    )
    .action(async (files: string[], flags: MatchFlags, self: Command) => {
      const config = await configOf(self);
      const { matchLines } = await import('#services/analyzer/scan/index.ts');
      const rules = await rulesOf(config, flags.rules);
      const matches = matchLines({
        inputs: files,
        stdin: process.stdin,
        config,
        rules,
        type: flags.type,
        service: flags.service,
        now: Date.now(),
      });
      for await (const batch of matches)
        await print(
          batch
            .map((match) =>
              flags.format === 'ndjson'
                ? `${JSON.stringify(match)}\n`
                : colourSeverities(
                    `${match.severity.padEnd(8)}  ${match.rule}${match.threshold === undefined ? '' : ` (${match.threshold})`}  ${printable(`${match.file}:${match.line}`)}  ${printable(match.text)}\n`,
                    process.stdout.isTTY === true,
                  ),
            )
            .join(''),
        );
    });
}

function lintCommand(): Command {
  return new Command('lint')
    .description('Check rule packs, and run their examples. Exit 1 where something is wrong.')
    .argument('[paths...]', 'packs, or folders of them (default: those of the configuration)')
    .addHelpText('after', '\nExamples:\n  logpatrol rules lint\n  logpatrol rules lint my-pack.yaml')
    .action(async (paths: string[], _flags, self: Command) => {
      const config = await configOf(self);
      const { failedExamples, mistakeText, reviewRules } = await import('#services/analyzer/detect/index.ts');
      const named = paths.length > 0;
      const review = await reviewRules({
        paths: named ? paths : config.rules.paths,
        shipped: !named && config.rules.shipped,
        language: config.language,
      });
      const wrong = [...review.mistakes.map(mistakeText), ...review.rules.flatMap(failedExamples)];
      for (const line of [...wrong, ...review.warnings.map((warning) => `warning: ${warning}`)])
        await print(`${printable(line)}\n`);
      await print(
        wrong.length === 0
          ? `${counted(review.rules.length, 'rule')} in ${counted(review.packs.length, 'pack')}: all right\n`
          : `${counted(wrong.length, 'mistake')}\n`,
      );
      if (wrong.length > 0) process.exitCode = 1;
    });
}

function listCommand(): Command {
  return new Command('list')
    .description('List the rules in the order in which they are tried.')
    .addOption(new Option('--format <format>', 'what to print').choices(['table', 'ndjson']).default('table'))
    .addHelpText('after', '\nExample:\n  logpatrol rules list')
    .action(async (flags: { format: 'table' | 'ndjson' }, self: Command) => {
      const { rules } = await rulesOf(await configOf(self), []);
      const { describeRule, thresholdText } = await import('#services/analyzer/detect/index.ts');
      await print(
        flags.format === 'ndjson'
          ? rules.map((rule) => `${JSON.stringify(describeRule(rule))}\n`).join('')
          : colourSeverities(
              table(
                ['SEVERITY', 'RULE', 'FROM', 'TITLE'],
                rules.map((rule) => [
                  rule.severity,
                  rule.id,
                  rule.threshold === undefined ? '' : thresholdText(rule.threshold),
                  rule.title,
                ]),
              ),
              process.stdout.isTTY === true,
            ),
      );
    });
}
