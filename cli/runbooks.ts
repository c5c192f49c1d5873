import { Command, Option } from 'commander';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { NamedRule, RunbookHit } from '#shared/runbooks/index.ts';
import { printable } from '#shared/text/printable.ts';
import { counted } from './counted.ts';
import { print } from './print.ts';
import { configOf, toolLogger } from './setting.ts';
import { table } from './table.ts';
import { wholeNumber } from './whole-number.ts';

/** How long a search at the command line waits for the embedding model, which may have to be loaded first. */
const patienceMs = 20_000;

type Format = 'table' | 'json';
const formatOption = () =>
  new Option('--format <format>', 'what to print').choices(['table', 'json']).default('table');

/** `logpatrol runbooks search | lint | list`. */
export function runbooksCommand(): Command {
  const command = new Command('runbooks').description('Search, check and list the runbooks.');
  command.addCommand(searchCommand());
  command.addCommand(lintCommand());
  command.addCommand(listCommand());
  return command;
}

interface SearchFlags {
  readonly service?: string;
  readonly rule?: string;
  readonly limit: number;
  readonly format: Format;
}

function searchCommand(): Command {
  return new Command('search')
    .description('Show the sections that are found for some words, and why: as incidents find theirs.')
    .argument('<words...>', 'a symptom, a log line, in Chinese, English or both')
    .option('--service <name>', 'prefer runbooks for this service')
    .option('--rule <id>', 'as if this rule had found it: what it names comes first')
    .addOption(new Option('--limit <n>', 'how many sections').argParser(wholeNumber(1, 100)).default(5))
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Examples:
  logpatrol runbooks search 磁盘满了
  logpatrol runbooks search --rule storage.no-space --format json "No space left on device" | jq -r .[0].path`,
    )
    .action(async (words: string[], flags: SearchFlags, self: Command) => {
      const config = await configOf(self);
      const rule = flags.rule === undefined ? undefined : await ruleOf(config, flags.rule);
      const [{ openRunbooks }, { ollamaEmbedder }] = await Promise.all([
        import('#shared/runbooks/index.ts'),
        import('#services/analyzer/reason/providers/index.ts'),
      ]);
      const runbooks = await openRunbooks({
        config,
        logger: toolLogger(config),
        embedder: ollamaEmbedder(config),
        queryMs: patienceMs,
        vectorsMs: patienceMs,
      });
      try {
        const query = {
          text: words.join(' '),
          named: rule?.runbook,
          rule: flags.rule,
          service: flags.service,
          limit: flags.limit,
        };
        const hits = await runbooks.search(query, new AbortController().signal);
        await print(flags.format === 'json' ? json(hits.map(shownHit)) : hitTable(hits));
      } finally {
        await runbooks.close();
      }
    });
}

/** A hit as JSON has it: without its text, which stands at `path`. */
function shownHit({ title, section, score, path, line, name, foundBy, terms, similarity }: RunbookHit) {
  return {
    title,
    section,
    score,
    path,
    line,
    name,
    foundBy,
    terms,
    ...(similarity !== undefined && { similarity }),
  };
}

function hitTable(hits: readonly RunbookHit[]): string {
  if (hits.length === 0) return 'no runbook has anything of this\n';
  return table(
    ['TITLE', 'SECTION', 'SCORE', 'WHY', 'PATH'],
    hits.map((hit) => [
      hit.title,
      hit.section,
      hit.score.toPrecision(3),
      why(hit),
      `${hit.path}:${hit.line}`,
    ]),
  );
}

function why({ foundBy, terms, similarity }: RunbookHit): string {
  return [
    ...(foundBy === 'rule' ? ['the rule'] : []),
    ...(terms.length > 0 ? [terms.slice(0, 6).join(' ')] : []),
    ...(similarity === undefined ? [] : [`alike ${similarity.toFixed(2)}`]),
  ].join('; ');
}

async function ruleOf(config: Config, id: string): Promise<NamedRule> {
  const rules = await namedRules(config);
  const found = rules.find((rule) => rule.id === id);
  if (found !== undefined) return found;
  const { closest } = await import('#shared/config/suggest.ts');
  const meant = closest(
    id,
    rules.map((rule) => rule.id),
  );
  throw new LogpatrolError(
    'usage',
    `there is no rule "${id}"; ${meant === undefined ? 'logpatrol rules list shows them' : `did you mean ${meant}?`}`,
  );
}

/** The rules of the configuration; those of packs with mistakes are missing, which is what `rules lint` is for. */
async function namedRules(config: Config): Promise<NamedRule[]> {
  const [{ reviewRules }, { eventRules, readingRules }, { rateRules, rateRunbook }] = await Promise.all([
    import('#services/analyzer/detect/index.ts'),
    import('#services/analyzer/hardware/index.ts'),
    import('#services/analyzer/rates/index.ts'),
  ]);
  const { rules, places } = await reviewRules({ ...config.rules, language: config.language });
  return [
    ...rules.map(({ id, runbook }) => ({ id, runbook, place: places.get(id) ?? id })),
    ...rateRules.map((id) => ({ id, runbook: rateRunbook, place: id })),
    ...[...eventRules, ...readingRules].map(({ id, runbook }) => ({ id, runbook, place: id })),
  ];
}

function lintCommand(): Command {
  return new Command('lint')
    .description(
      'Check front matter, parts, links, and what rules and runbooks say of each other. Exit 1 where something is wrong.',
    )
    .argument(
      '[paths...]',
      'runbooks, or folders of them (default: those of the configuration, and the rules)',
    )
    .addOption(formatOption())
    .addHelpText(
      'after',
      '\nExamples:\n  logpatrol runbooks lint\n  logpatrol runbooks lint our-runbooks/redis.md',
    )
    .action(async (paths: string[], { format }: { format: Format }, self: Command) => {
      const config = await configOf(self);
      const [{ lintRunbooks }, { pathText, mistakeText }] = await Promise.all([
        import('#shared/runbooks/index.ts'),
        import('#shared/config/mistake.ts'),
      ]);
      const isAll = paths.length === 0;
      const { runbooks, mistakes } = await lintRunbooks({
        selection: isAll ? config.runbooks : { paths, shipped: false },
        rules: await namedRules(config),
        isAll,
      });
      if (format === 'json') {
        const shown = mistakes.map(({ where, path = [], message }) => ({
          where,
          field: pathText(path),
          message,
        }));
        await print(json({ runbooks: runbooks.length, mistakes: shown }));
      } else {
        for (const mistake of mistakes) await print(`${printable(mistakeText(mistake))}\n`);
        await print(
          mistakes.length === 0
            ? `${counted(runbooks.length, 'runbook')}: all right\n`
            : `${counted(mistakes.length, 'mistake')}\n`,
        );
      }
      if (mistakes.length > 0) process.exitCode = 1;
    });
}

function listCommand(): Command {
  return new Command('list')
    .description('List the runbooks that are in force.')
    .addOption(formatOption())
    .addHelpText('after', '\nExample:\n  logpatrol runbooks list')
    .action(async ({ format }: { format: Format }, self: Command) => {
      const config = await configOf(self);
      const [{ reviewRunbooks }, { mistakeText }] = await Promise.all([
        import('#shared/runbooks/index.ts'),
        import('#shared/config/mistake.ts'),
      ]);
      const { runbooks, mistakes } = await reviewRunbooks(config.runbooks);
      for (const mistake of mistakes) process.stderr.write(`logpatrol: ${printable(mistakeText(mistake))}\n`);
      await print(
        format === 'json'
          ? json(
              runbooks.map(({ sections, ...runbook }) => ({
                ...runbook,
                sections: [...new Set(sections.map(({ heading }) => heading))],
              })),
            )
          : table(
              ['NAME', 'TITLE', 'SERVICES', 'RULES', 'SEVERITY', 'OWNER', 'UPDATED'],
              runbooks.map(({ name, title, services, rules, severity, owner, updated }) => [
                name,
                title,
                services.join(' '),
                String(rules.length),
                severity ?? '',
                owner ?? '',
                updated ?? '',
              ]),
            ),
      );
    });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
