import { styleText } from 'node:util';
import { Command, Option } from 'commander';
import type { Report, Status } from '#shared/doctor/index.ts';
import { configOf, toolLogger } from './setting.ts';
import { table } from './table.ts';

interface DoctorOptions {
  readonly format: 'table' | 'json';
  readonly only?: string[];
  readonly strict?: true;
}

/** `logpatrol doctor`. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'Look for each row of docs/troubleshooting.md: what is reachable, late, lost, refused, full or old, and what to do. Exit 1 if anything is not well.',
    )
    .option('--only <check...>', 'only these checks, by the names that a table of all shows')
    .option('--strict', 'exit 1 for warnings too')
    .addOption(new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `
Examples:
  logpatrol doctor
  logpatrol doctor --only lag groups
  logpatrol doctor --format json | jq '.[] | select(.status != "ok")'

Exit code 0: nothing is bad. 1: something is (with --strict: or is warned of). "?" is what this account may not look at; it fails nothing.`,
    )
    .action(async ({ format, only, strict }: DoctorOptions, self: Command) => {
      const config = await configOf(self);
      const { checkNames, examine } = await import('#shared/doctor/index.ts');
      const unknown = only?.find((name) => !checkNames.includes(name));
      if (unknown !== undefined)
        self.error(`error: there is no check "${unknown}"; there are ${checkNames.join(', ')}`, {
          exitCode: 2,
        });
      const answers = await examine(config, { logger: toolLogger(config), only });
      process.stdout.write(format === 'json' ? `${JSON.stringify(answers, null, 2)}\n` : doctorText(answers));
      const failing: readonly Status[] = strict === true ? ['bad', 'warning'] : ['bad'];
      if (answers.some(({ status }) => failing.includes(status))) process.exitCode = 1;
    });
}

const words: Readonly<Record<Status, string>> = { ok: 'ok', warning: 'warning', bad: 'NOT OK', unknown: '?' };
const colours = { ok: 'green', warning: 'yellow', bad: 'red', unknown: 'gray' } as const;

/** A table by part, and below it what to do about each that is not well. */
function doctorText(answers: readonly Report[]): string {
  const byPart = [...Map.groupBy(answers, ({ part }) => part).values()].flat();
  const rows = byPart.map(({ part, status, name, version = '', detail }, index) => [
    byPart[index - 1]?.part === part ? '' : part,
    words[status],
    name,
    version,
    detail,
  ]);
  const text = table(['PART', '', 'WHAT', 'VERSION', 'DETAIL'], rows);
  const ill = byPart.filter(({ status, remedy }) => remedy !== undefined && status !== 'ok');
  const remedies = ill.map(
    ({ name, remedy = '', anchor }) =>
      `${name}: ${remedy}${anchor === undefined ? '' : `  (docs/troubleshooting.md#${anchor})`}\n`,
  );
  return `${coloured(text)}${remedies.length > 0 ? `\n${remedies.join('')}` : ''}`;
}

/** The state in its colour, where it is looked at by a person. */
function coloured(text: string): string {
  return text.replaceAll(
    /^(.{0,11}?)(NOT OK|warning|ok|\?)(?= )/gm,
    (_whole, before: string, word: string) => {
      const status = word === 'NOT OK' ? 'bad' : word === '?' ? 'unknown' : word === 'ok' ? 'ok' : 'warning';
      return before + styleText(colours[status], word, { stream: process.stdout });
    },
  );
}
