import { Command } from 'commander';
import { configOf, toolLogger } from './setting.ts';
import { table } from './table.ts';

/** `logpatrol setup`. */
export function setupCommand(): Command {
  return new Command('setup')
    .description(
      'Create topics, templates and pipelines, mend what may be mended without loss, put the runbooks into the store. Safe to repeat.',
    )
    .option('--dry-run', 'only say what would be done')
    .addHelpText(
      'after',
      '\nExamples:\n  logpatrol setup --dry-run\n  LOGPATROL_KAFKA_BROKERS=kafka:9092 logpatrol setup',
    )
    .action(async (options: { dryRun?: true }, self: Command) => {
      const config = await configOf(self);
      const dryRun = options.dryRun === true;
      const { setUp } = await import('#shared/lifecycle/index.ts');
      const changes = await setUp(config, { dryRun, logger: toolLogger(config) });
      const rows = changes.map(({ what, action, detail = '' }) => [what, action, detail]);
      process.stdout.write(table(['WHAT', 'ACTION', 'DETAIL'], rows));
      const made = changes.filter(({ action }) => action !== 'none').length;
      process.stdout.write(`\n${made} of ${changes.length} ${dryRun ? 'would change' : 'changed'}\n`);
    });
}
