import { Command } from 'commander';
import { stringify } from 'yaml';
import { maskSecrets } from '#shared/config/index.ts';
import { printable } from '#shared/text/printable.ts';
import { isRuleOfNoPack } from './rules-of-no-pack.ts';
import { configOf } from './setting.ts';

/** `logpatrol config check | print`. */
export function configCommand(): Command {
  const command = new Command('config')
    .description('Look at the configuration.')
    .addHelpText('after', '\nExamples:\n  logpatrol config check\n  logpatrol config print');
  command
    .command('check')
    .description(
      'Say whether the configuration, its rule packs, templates of cards and topology are right; list every mistake.',
    )
    .addHelpText('after', '\nExample:\n  logpatrol --config staging.yaml config check')
    .action(async (_options, self: Command) => {
      const config = await configOf(self);
      const { rulesOf } = await import('./rule-options.ts');
      const { rules } = await rulesOf(config, []);
      const known = new Set(rules.map(({ id }) => id));
      for (const { name, rules: named = [] } of config.maintenance)
        for (const id of named)
          if (!known.has(id) && !(await isRuleOfNoPack(id)))
            process.stderr.write(
              `logpatrol: maintenance ${printable(name)}: there is no rule ${printable(id)}\n`,
            );
      if (config.cards.templates !== undefined) {
        const { checkTemplates } = await import('#services/notifier/index.ts');
        checkTemplates(config.cards.templates);
      }
      if (config.topology !== undefined) {
        const { readTopology } = await import('#services/analyzer/topology/index.ts');
        for (const warning of readTopology(config.topology).warnings)
          process.stderr.write(`logpatrol: ${printable(warning)}\n`);
      }
      process.stdout.write('the configuration is right\n');
    });
  command
    .command('print')
    .description('Print the configuration as it is used: file, environment and defaults. Secrets are masked.')
    .addHelpText('after', '\nExample:\n  LOGPATROL_HTTP_PORT=9000 logpatrol config print')
    .action(async (_options, self: Command) => {
      process.stdout.write(stringify(maskSecrets(await configOf(self))));
    });
  return command;
}
