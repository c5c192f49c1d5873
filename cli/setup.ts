import { Command, Option } from 'commander';
import type { SetUpPart } from '#shared/lifecycle/index.ts';
import { differencesText } from './differences.ts';
import { configOf, toolLogger } from './setting.ts';
import { table } from './table.ts';
import { wholeNumber } from './whole-number.ts';

interface SetupFlags {
  readonly dryRun?: true;
  readonly part?: SetUpPart[];
  readonly secrets?: string;
  readonly wait?: number;
  readonly format: 'table' | 'json';
}

/** As `setUpParts` has it, which is read only when the command runs. */
const parts = ['topics', 'store', 'access', 'kibana'] as const satisfies readonly SetUpPart[];

/** `logpatrol setup`. */
export function setupCommand(): Command {
  return new Command('setup')
    .description(
      'Create topics, templates and pipelines, mend what may be mended without loss, put the runbooks into the store; with --secrets also accounts and their rights. Safe to repeat.',
    )
    .option('--dry-run', 'only say what would be done')
    .addOption(
      new Option(
        '--part <part...>',
        'only these: topics and store where absent, with --secrets also access; kibana only where it is named',
      ).choices(parts),
    )
    .option(
      '--secrets <dir>',
      'the folder that `logpatrol secrets init` filled: passwords of the accounts come from there, keys go there, and who sets up is the administrator of there',
    )
    .option(
      '--wait <seconds>',
      'how long to wait for servers that do not answer yet; not at all where absent, but three minutes for Kibana',
      wholeNumber(0, 86_400),
    )
    .addOption(new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `
Examples:
  logpatrol setup --dry-run
  LOGPATROL_KAFKA_BROKERS=kafka:9092 logpatrol setup
  logpatrol secrets init /etc/logpatrol/secrets && logpatrol setup --secrets /etc/logpatrol/secrets --wait 120
  logpatrol setup --part kibana --secrets /etc/logpatrol/secrets`,
    )
    .action(async (flags: SetupFlags, self: Command) => {
      const config = await configOf(self);
      const dryRun = flags.dryRun === true;
      const { setUp } = await import('#shared/lifecycle/index.ts');
      const changes = await setUp(config, {
        dryRun,
        logger: toolLogger(config),
        parts: flags.part,
        secrets: flags.secrets,
        waitMs: (flags.wait ?? 0) * 1000,
        waiting: (line) => process.stderr.write(`logpatrol: ${line}\n`),
      });
      if (flags.format === 'json') {
        process.stdout.write(`${JSON.stringify(changes, null, 2)}\n`);
        return;
      }
      const rows = changes.map(({ what, action, detail = '' }) => [what, action, detail]);
      process.stdout.write(table(['WHAT', 'ACTION', 'DETAIL'], rows));
      process.stdout.write(differencesText(changes));
      const made = changes.filter(({ action }) => action !== 'none').length;
      process.stdout.write(`\n${made} of ${changes.length} ${dryRun ? 'would change' : 'changed'}\n`);
    });
}
