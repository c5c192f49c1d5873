import { Command, Option } from 'commander';
import { configOf, toolLogger } from '../setting.ts';
import { table } from '../table.ts';

interface AuditFlags {
  readonly mend?: true;
  readonly secrets?: string;
  readonly format: string;
}

/** `logpatrol security audit`. */
export function securityCommand(): Command {
  const command = new Command('security')
    .description('Who may what at Elasticsearch and Kafka.')
    .addHelpText('after', '\nExample:\n  logpatrol security audit --secrets /etc/logpatrol/secrets');
  command
    .command('audit')
    .description(
      'Compare accounts, roles, keys, mappings and rights with what they should be. Exit 1 where something differs.',
    )
    .option('--mend', 'mend what can be; what is left is listed')
    .option(
      '--secrets <dir>',
      'come as the administrator whose passwords are in this folder, which `logpatrol secrets init` filled',
    )
    .addOption(new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      '\nExamples:\n  logpatrol security audit --secrets /etc/logpatrol/secrets\n  logpatrol security audit --mend --secrets /etc/logpatrol/secrets\n  logpatrol security audit --format json | jq .differences',
    )
    .action(audit);
  return command;
}

async function audit({ mend, secrets, format }: AuditFlags, self: Command): Promise<void> {
  const given = await configOf(self);
  const { asAdministrator } = await import('#shared/lifecycle/index.ts');
  const config = secrets === undefined ? given : asAdministrator(given, secrets);
  const logger = toolLogger(config);
  const { auditAccess, mendAccess } = await import('#shared/lifecycle/audit-access.ts');
  const mended = mend === true ? await mendAccess(config, logger) : [];
  const { differences, remarks } = await auditAccess(config, logger);
  if (differences.length > 0) process.exitCode = 1;
  if (format === 'json') {
    process.stdout.write(`${JSON.stringify({ mended, differences, remarks }, null, 2)}\n`);
    return;
  }
  for (const { what, action, detail } of mended)
    process.stdout.write(
      `mended: ${what} ${action === 'create' ? 'made' : 'changed'}${detail ? ` (${detail})` : ''}\n`,
    );
  const rows = differences.map(({ what, is, shouldBe }) => [what, is, shouldBe]);
  process.stdout.write(
    rows.length === 0 ? 'everything is as it should be\n' : table(['WHAT', 'IS', 'SHOULD BE'], rows),
  );
  for (const remark of remarks) process.stdout.write(`note: ${remark}\n`);
  const mendable = differences.filter(({ canMend }) => canMend).length;
  if (mendable > 0) process.stdout.write(`\n${mendable} of ${rows.length} can be mended: add --mend\n`);
}
