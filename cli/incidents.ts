import { Command } from 'commander';
import type { PersonAction } from '#shared/model/index.ts';
import { byOption } from './control-options.ts';
import { configOf } from './setting.ts';

interface Flags {
  readonly by: string;
  readonly to?: string;
  readonly note?: string;
}

/** `logpatrol incidents ack | resolve | hand-over ID`. */
export function incidentsCommand(): Command {
  const command = new Command('incidents')
    .description('Do something about an incident, as the buttons of its card do.')
    .addHelpText('after', '\nExample:\n  logpatrol incidents ack 0-a1b2c3d4e5f60718-m3k9x2p0');
  command.addCommand(
    action('ack', 'acknowledge', 'Take it on: it is yours, and nobody is called for it any more.'),
  );
  command.addCommand(action('resolve', 'resolve', 'Say that it is over; lines that come later reopen it.'));
  command.addCommand(
    action('hand-over', 'hand-over', 'Hand it over to somebody.').requiredOption(
      '--to <person>',
      'to whom: a key of people in the configuration',
    ),
  );
  return command;
}

function action(name: string, what: PersonAction, about: string): Command {
  const to = what === 'hand-over' ? ' --to wang-fang' : '';
  return new Command(name)
    .description(about)
    .argument('<incident>', 'its id, the last line of its card')
    .addOption(byOption())
    .option('--note <text>', 'what others should know')
    .addHelpText(
      'after',
      `\nExample:\n  logpatrol incidents ${name} 0-a1b2c3d4e5f60718-m3k9x2p0${to} --note "a bad deploy"`,
    )
    .action(async (incidentId: string, { by, to: person, note }: Flags, self: Command) => {
      const { actOn } = await import('./incident-desk.ts');
      const wish = { incidentId, action: what, by, to: person, note };
      process.stdout.write(`${await actOn(await configOf(self), wish)}\n`);
    });
}
