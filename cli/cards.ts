import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import type { FoundRunbook, Incident } from '#shared/model/index.ts';
import { printable } from '#shared/text/printable.ts';
import { counted } from './counted.ts';
import { print } from './print.ts';
import { addRuleOptions, type RuleFlags, rulesOf } from './rule-options.ts';
import { configOf, toolLogger } from './setting.ts';

/** `logpatrol cards preview | lint`. */
export function cardsCommand(): Command {
  const command = new Command('cards').description('Look at cards, and check templates of your own.');
  command.addCommand(previewCommand());
  command.addCommand(lintCommand());
  return command;
}

interface PreviewFlags extends RuleFlags {
  readonly format: 'html' | 'json';
  readonly channel?: string;
  readonly lang?: Config['language'];
  readonly out?: string;
}

/** More cards than these nobody looks at; the most severe come first. */
const mostCards = 100;

function previewCommand(): Command {
  const command = new Command('preview')
    .description('Show the cards that the findings of log files would make. Nothing is sent.')
    .argument('<files...>', 'files, plain or gzip, or - for standard input')
    .addOption(
      new Option(
        '--format <format>',
        'a page to open in a browser, or the JSON as it would be sent, one a line',
      )
        .choices(['html', 'json'])
        .default('html'),
    )
    .option('--channel <name>', 'as this channel would get them (default: a Feishu custom bot)')
    .addOption(new Option('--lang <language>', 'language of the cards').choices(['zh-CN', 'en']))
    .option(
      '--out <file>',
      'where to write the page (default: cards-<file>.html in this folder), or - for standard output',
    );
  return addRuleOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  logpatrol cards preview app.log
  logpatrol cards preview --channel oncall --lang en --out oncall.html app.log
  logpatrol cards preview --format json app.log | jq .header.title.content`,
    )
    .action(async (files: string[], flags: PreviewFlags, self: Command) => {
      const configured = await configOf(self);
      const config = flags.lang === undefined ? configured : { ...configured, language: flags.lang };
      const { scanFiles } = await import('#services/analyzer/scan/index.ts');
      const { lintTemplates, mistakeText, previewFindings, previewHtml } = await import(
        '#services/notifier/index.ts'
      );
      const { templates } = config.cards;
      // What a start would refuse; a preview shows what there is, so that a template can be put right step by step.
      for (const mistake of templates === undefined ? [] : lintTemplates(templates))
        process.stderr.write(`logpatrol: cards.templates: ${printable(mistakeText(mistake))}\n`);
      const now = Date.now();
      const findings = await withRunbooks(config, async (runbooksOf) =>
        scanFiles({
          inputs: files,
          stdin: process.stdin,
          config,
          rules: await rulesOf(config, flags.rules),
          type: flags.type,
          service: flags.service,
          host: hostname(),
          now,
          runbooksOf: (incident, rank) => (rank < mostCards ? runbooksOf(incident) : []),
        }),
      );
      if (findings.length > mostCards)
        process.stderr.write(
          `logpatrol: the ${mostCards} most severe of ${findings.length} findings are shown\n`,
        );
      const shown = await previewFindings(findings.slice(0, mostCards), {
        channel: flags.channel,
        config,
        now,
      });
      if (flags.format === 'json') {
        for (const each of shown)
          await print(
            `${JSON.stringify(each.kind === 'card' ? each.card : each.kind === 'json' ? each.body : { text: each.text })}\n`,
          );
        return;
      }
      const page = previewHtml(
        shown,
        `${files.map((file) => basename(file)).join(', ')} · ${flags.channel ?? 'feishu'}`,
        config,
      );
      if (flags.out === '-') return print(page);
      const out = resolve(flags.out ?? pageName(files[0] ?? ''));
      await written(out, page);
      await print(
        `${counted(shown.length, 'card')}${shown.length === 0 ? ', nothing was found' : ''}: ${printable(out)}\n`,
      );
    });
}

/** Runbooks are found as the service finds them before any model has answered: by the rule, and by their words. */
async function withRunbooks<T>(
  config: Config,
  work: (runbooksOf: (incident: Incident) => readonly FoundRunbook[]) => Promise<T>,
): Promise<T> {
  const [{ openRunbooks }, { knownOf }] = await Promise.all([
    import('#shared/runbooks/index.ts'),
    import('#services/analyzer/context/index.ts'),
  ]);
  const runbooks = await openRunbooks({ config, logger: toolLogger(config) });
  try {
    // By a clock that stands still no search is put off.
    const known = knownOf({ runbooks, clock: () => 0 });
    return await work((incident) => known(incident).runbooks);
  } finally {
    await runbooks.close();
  }
}

function pageName(file: string): string {
  const name = file === '-' ? 'stdin' : basename(file).replaceAll(/[^\w.-]/g, '_');
  return `cards-${name}.html`;
}

async function written(path: string, page: string): Promise<void> {
  try {
    await writeFile(path, page);
  } catch (thrown) {
    throw new LogpatrolError('usage', `cannot write ${path}: ${messageOf(thrown)}; name another with --out`, {
      cause: thrown,
    });
  }
}

function lintCommand(): Command {
  return new Command('lint')
    .description(
      'Check templates of cards: fill them with samples, as a start does. Exit 1 where something is wrong.',
    )
    .argument('[folder]', 'folder of templates (default: cards.templates of the configuration)')
    .addHelpText('after', '\nExamples:\n  logpatrol cards lint\n  logpatrol cards lint my-cards/')
    .action(async (named: string | undefined, _flags, self: Command) => {
      const folder = named ?? (await configOf(self)).cards.templates;
      if (folder === undefined)
        throw new LogpatrolError(
          'usage',
          'name a folder, or set cards.templates: the shipped templates are used',
        );
      const { lintTemplates, mistakeText } = await import('#services/notifier/index.ts');
      const mistakes = lintTemplates(folder);
      for (const mistake of mistakes) await print(`${printable(mistakeText(mistake))}\n`);
      await print(
        mistakes.length === 0
          ? `${printable(folder)}: all right\n`
          : `${counted(mistakes.length, 'mistake')}\n`,
      );
      if (mistakes.length > 0) process.exitCode = 1;
    });
}
