import { isIP } from 'node:net';
import { Command, InvalidArgumentError, Option } from 'commander';
import { table } from '../table.ts';

/** `logpatrol secrets init | renew | show`. */
export function secretsCommand(): Command {
  const command = new Command('secrets')
    .description(
      "The installation's own authority, certificates, passwords, keys and tokens: one folder for each who has some, below one folder.",
    )
    .addHelpText(
      'after',
      `
Example:
  logpatrol secrets init /etc/logpatrol/secrets --name logs.example.com`,
    );
  command.addCommand(initCommand());
  command.addCommand(renewCommand());
  command.addCommand(showCommand());
  return command;
}

function initCommand(): Command {
  return withNames(
    new Command('init')
      .description(
        'Make every secret that is missing. Overwrites nothing, so it is safe to repeat; needs no server and no configuration.',
      )
      .argument('<dir>', 'the folder; each consumer has one below it')
      .addHelpText(
        'after',
        '\nExample:\n  logpatrol secrets init /etc/logpatrol/secrets --name logs.example.com --name 10.0.0.5',
      ),
  ).action(async (dir: string, { name }: { name: string[] }) => {
    const { initSecrets } = await import('#shared/secrets/index.ts');
    const { changes, notices } = await initSecrets(dir, { names: name, now: Date.now() });
    const made = changes.filter(({ action }) => action === 'create');
    for (const { what } of made) process.stdout.write(`made  ${what}\n`);
    process.stdout.write(`${made.length} of ${changes.length} files made in ${dir}\n`);
    for (const notice of notices) process.stderr.write(`logpatrol: ${notice}\n`);
  });
}

function renewCommand(): Command {
  return withNames(
    new Command('renew')
      .description(
        'Make new certificates for those that end within 30 days, have ended, are broken, or are not for a name given with --name. Who has a new one must be restarted.',
      )
      .argument('<dir>', 'the folder that `logpatrol secrets init` filled')
      .option('--force', 'each certificate')
      .addHelpText('after', '\nExample:\n  logpatrol secrets renew /etc/logpatrol/secrets'),
  ).action(async (dir: string, { name, force }: { name: string[]; force?: true }) => {
    const { renewCertificates } = await import('#shared/secrets/index.ts');
    const changes = await renewCertificates(dir, { names: name, now: Date.now(), force: force === true });
    const renewed = changes.filter(({ action }) => action !== 'none');
    for (const { what, detail = '' } of renewed) process.stdout.write(`renewed  ${what} (${detail})\n`);
    process.stdout.write(`${renewed.length} of ${changes.length} certificates renewed\n`);
    if (renewed.length === 0) return;
    const owners = renewed.map(({ what }) => what.split('/')[0]);
    process.stdout.write(`restart these, which read theirs when they start: ${owners.join(' ')}\n`);
  });
}

function showCommand(): Command {
  return new Command('show')
    .description(
      'List the files, what each is for and when certificates end; never what they hold, unless asked.',
    )
    .argument('<dir>', 'the folder that `logpatrol secrets init` filled')
    .option('--reveal <name>', 'print what one of them holds, and nothing else: setup/viewer-password')
    .addOption(new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `
Examples:
  logpatrol secrets show /etc/logpatrol/secrets
  logpatrol secrets show /etc/logpatrol/secrets --reveal setup/viewer-password`,
    )
    .action(async (dir: string, options: { reveal?: string; format: 'table' | 'json' }) => {
      const { describeSecrets, readSecret } = await import('#shared/secrets/index.ts');
      if (options.reveal !== undefined) {
        process.stdout.write(`${readSecret(dir, options.reveal).trimEnd()}\n`);
        return;
      }
      const states = describeSecrets(dir, Date.now()).map(({ ends, ...state }) => ({
        ...state,
        ...(ends === undefined ? {} : { ends: new Date(ends).toISOString().slice(0, 10) }),
      }));
      if (options.format === 'json') process.stdout.write(`${JSON.stringify(states, null, 2)}\n`);
      else
        process.stdout.write(
          table(
            ['CONSUMER', 'FILE', 'WHAT', 'ENDS', 'STATE'],
            states.map(({ consumer, file, what, there, ends = '', concern = 'ok' }) => [
              consumer,
              file,
              what,
              ends,
              there ? concern : 'missing',
            ]),
          ),
        );
    });
}

function withNames(command: Command): Command {
  return command.option(
    '--name <name>',
    'a host name or address besides those of compose that certificates are to be for; may be repeated',
    (name: string, names: string[]) => [...names, hostName(name)],
    [],
  );
}

/** A host name, with `*.` before it or not, or an address. */
function hostName(text: string): string {
  if (
    isIP(text) !== 0 ||
    (text.length <= 253 && /^(?:\*\.)?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$/i.test(text))
  )
    return text;
  throw new InvalidArgumentError('use a host name as logs.example.com, or an address');
}
