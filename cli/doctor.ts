import { Command, Option } from 'commander';
import { configOf, toolLogger } from './setting.ts';
import { table } from './table.ts';

/** `logpatrol doctor`. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'Say which dependency is reachable, its version, and what to do where one is not. Exit 1 if any is not.',
    )
    .addOption(new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table'))
    .addHelpText('after', '\nExamples:\n  logpatrol doctor\n  logpatrol doctor --format json | jq .')
    .action(async (options: { format: string }, self: Command) => {
      const config = await configOf(self);
      const { examine } = await import('#shared/doctor/index.ts');
      const answers = await examine(config, toolLogger(config));
      if (options.format === 'json') process.stdout.write(`${JSON.stringify(answers, null, 2)}\n`);
      else
        process.stdout.write(
          table(
            ['', 'WHAT', 'VERSION', 'DETAIL'],
            answers.map(({ ok, name, version = '', detail, remedy }) => [
              ok ? 'ok' : 'NOT OK',
              name,
              version,
              ok || remedy === undefined ? detail : `${detail}; ${remedy}`,
            ]),
          ),
        );
      if (answers.some(({ ok }) => !ok)) process.exitCode = 1;
    });
}
