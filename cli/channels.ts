import { Command } from 'commander';
import { LogpatrolError } from '#shared/errors/index.ts';
import { configOf, toolLogger } from './setting.ts';
import { table } from './table.ts';

/** `logpatrol channels list | test NAME`. */
export function channelsCommand(): Command {
  const command = new Command('channels')
    .description('Where cards go.')
    .addHelpText('after', '\nExamples:\n  logpatrol channels list\n  logpatrol channels test ops');
  command
    .command('list')
    .description('List the channels of the configuration and the log types that they are told of.')
    .addHelpText('after', '\nExample:\n  logpatrol channels list')
    .action(async (_options, self: Command) => {
      const { channels, routes } = await configOf(self);
      const rows = Object.entries(channels).map(([name, { type }]) => [
        name,
        type,
        Object.keys(routes)
          .filter((route) => routes[route]?.channels?.includes(name) ?? true)
          .join(', '),
      ]);
      process.stdout.write(table(['CHANNEL', 'TYPE', 'LOG TYPES'], rows));
    });
  command
    .command('test')
    .description(
      'Send a card, marked as a test, to one channel and say what the far side answered. Exit 1 if it refused.',
    )
    .argument('<name>', 'the channel, as `logpatrol channels list` names it')
    .addHelpText('after', '\nExample:\n  LOGPATROL_FEISHU_WEBHOOK=https://… logpatrol channels test feishu')
    .action(async (name: string, _options, self: Command) => {
      const config = await configOf(self);
      if (!Object.hasOwn(config.channels, name))
        throw new LogpatrolError(
          'usage',
          `there is no channel "${name}"; there are ${Object.keys(config.channels).join(', ')}`,
        );
      const { testChannel } = await import('#services/notifier/index.ts');
      const result = await testChannel(name, config, toolLogger(config));
      process.stdout.write(`${result}\n`);
    });
  return command;
}
