import { readFile, writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import type { EvalReport, Scenario, Setting } from '#services/analyzer/eval/index.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { printable } from '#shared/text/printable.ts';
import { withEvalProgress } from './eval-progress.ts';
import { print } from './print.ts';
import { configOf } from './setting.ts';
import { wholeNumber } from './whole-number.ts';

interface EvalFlags {
  readonly scenarios?: string;
  readonly tag: readonly string[];
  readonly model?: string;
  readonly compare?: string;
  readonly against?: string;
  readonly repeat: number;
  readonly concurrency?: number;
  readonly format: 'table' | 'json';
  readonly save?: string;
  readonly check?: true;
}

const examples = `
Examples:
  logpatrol eval
  logpatrol eval --tag injection --tag hardware --repeat 3
  logpatrol eval --save before.json && logpatrol eval --model qwen3:14b --against before.json
  logpatrol eval --compare qwen3:14b --format json
  logpatrol eval --check                    without a model: does the judge tell right from wrong?

Scenarios are those that come with logpatrol (test/scenarios of the installation), or --scenarios.
Exit code 0: everything passed. 1: something failed, or the model does not answer. 2: wrong use, or no scenarios.
78: no model is configured, or a scenario has mistakes.`;

/** `logpatrol eval`. */
export function evalCommand(): Command {
  const withoutModel = ['model', 'compare', 'against', 'save', 'repeat', 'concurrency', 'format'];
  return new Command('eval')
    .description('Ask the configured model about known failures, and judge what people would be told.')
    .option('--scenarios <folder>', 'scenarios of your own, in place of those that come with logpatrol')
    .addOption(
      new Option('--tag <tag>', 'only scenarios with this tag; repeatable, any of them')
        .argParser((value: string, previous: readonly string[]) => [...previous, value])
        .default([], 'all'),
    )
    .option('--model <name>', 'another model of the configured server')
    .option('--compare <name>', 'ask this model of the same server, too, and show both side by side')
    .addOption(
      new Option('--against <file>', 'show a report that was saved beside this one').conflicts('compare'),
    )
    .addOption(new Option('--repeat <count>', 'ask so often').argParser(wholeNumber(1, 100)).default(1))
    .addOption(
      new Option(
        '--concurrency <count>',
        'calls under way at once (default: reasoning.concurrency)',
      ).argParser(wholeNumber(1, 32)),
    )
    .addOption(new Option('--format <format>', 'what to print').choices(['table', 'json']).default('table'))
    .option('--save <file>', 'keep the report, for --against')
    .addOption(
      new Option('--check', "judge the scenarios' own right and wrong answers, without a model").conflicts(
        withoutModel,
      ),
    )
    .addHelpText('after', examples)
    .action(async (flags: EvalFlags, self: Command) => {
      const config = await configOf(self);
      const { loadScenarios, shippedScenarios } = await import('#services/analyzer/eval/index.ts');
      const scenarios = tagged(await loadScenarios(flags.scenarios ?? shippedScenarios), flags.tag);
      await (flags.check ? check(scenarios, config) : evaluateModels(scenarios, config, flags));
    });
}

async function check(scenarios: readonly Scenario[], config: Config): Promise<void> {
  const { askAll, misjudged, openSetting } = await import('#services/analyzer/eval/index.ts');
  const answers = await askAll(scenarios, await openSetting(config));
  const wrong = misjudged(answers);
  for (const line of wrong) await print(`${printable(line)}\n`);
  await print(
    wrong.length === 0
      ? `${scenarios.length} scenarios, ${answers.length} answers: all judged as they should be\n`
      : `${wrong.length} of ${answers.length} answers are not judged as they should be\n`,
  );
  if (wrong.length > 0) process.exitCode = 1;
}

async function evaluateModels(
  scenarios: readonly Scenario[],
  config: Config,
  flags: EvalFlags,
): Promise<void> {
  if (config.ollama === undefined && config.openai === undefined)
    throw new LogpatrolError(
      'invalid-config',
      'no model is configured: set ollama or openai in the configuration (LOGPATROL_OLLAMA_URL and LOGPATROL_OLLAMA_MODEL)',
    );
  const { differences, EvalReport: Report, openSetting } = await import('#services/analyzer/eval/index.ts');
  const { comparisonTables, evalTables } = await import('./eval-tables.ts');
  // Read first: a wrong name must not cost the hour that the run takes.
  const saved = flags.against === undefined ? undefined : await savedReport(flags.against, Report);
  const setting = await openSetting(config);
  const one = await evaluateOne(scenarios, setting, flags, flags.model);
  if (flags.save !== undefined) await save(flags.save, one);
  const other =
    flags.compare === undefined ? saved : await evaluateOne(scenarios, setting, flags, flags.compare);
  if (other === undefined)
    await print(flags.format === 'json' ? `${JSON.stringify(one, null, 2)}\n` : evalTables(one));
  else {
    const differing = differences(one, other);
    await print(
      flags.format === 'json'
        ? `${JSON.stringify({ report: one, other, differences: differing }, null, 2)}\n`
        : comparisonTables(one, other, differing),
    );
  }
  const run = flags.compare === undefined || other === undefined ? [one] : [one, other];
  if (run.some(({ all }) => all.passed < all.runs)) process.exitCode = 1;
}

async function evaluateOne(
  scenarios: readonly Scenario[],
  setting: Setting,
  { repeat, concurrency }: EvalFlags,
  name: string | undefined,
): Promise<EvalReport> {
  const { evaluate, openModel, withModel } = await import('#services/analyzer/eval/index.ts');
  const config = name === undefined ? setting.config : withModel(setting.config, name);
  const model = openModel(config, (message) => process.stderr.write(`logpatrol: ${printable(message)}\n`));
  if (model === undefined) throw new RangeError('a model is configured');
  return withEvalProgress(model.name, (onProgress) =>
    evaluate({
      scenarios,
      model,
      setting,
      repeat,
      concurrency: concurrency ?? config.reasoning.concurrency,
      signal: new AbortController().signal,
      onProgress,
    }),
  );
}

function tagged(scenarios: readonly Scenario[], tags: readonly string[]): Scenario[] {
  const known = new Set(scenarios.flatMap((scenario) => scenario.tags));
  const unknown = tags.find((tag) => !known.has(tag));
  if (unknown !== undefined)
    throw new LogpatrolError(
      'usage',
      `no scenario has the tag ${unknown}; there are ${[...known].sort().join(', ')}`,
    );
  return scenarios.filter((scenario) => tags.length === 0 || scenario.tags.some((tag) => tags.includes(tag)));
}

async function savedReport(file: string, Report: typeof EvalReport): Promise<EvalReport> {
  let data: unknown;
  try {
    data = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new LogpatrolError('unreadable-input', `cannot read the report ${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const report = Report.safeParse(data);
  if (report.success) return report.data;
  throw new LogpatrolError('unreadable-input', `${file} is no report that logpatrol eval --save wrote`);
}

async function save(file: string, report: EvalReport): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  } catch (error) {
    throw new LogpatrolError('unusable-environment', `cannot write ${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
