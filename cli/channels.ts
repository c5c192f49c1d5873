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
    .description(
      'List the channels of the configuration: where they lead, what they bear, what their cards can do, and, without routing.channel, the log types whose routes tell them.',
    )
    .addHelpText(
      'after',
      `
updates: its cards are kept up to date in place. buttons: people click on the card. links: they follow signed links from it.
Which finding goes where: logpatrol routes explain FINDING.

Example:
  logpatrol channels list`,
    )
    .action(async (_options, self: Command) => {
      const config = await configOf(self);
      const { listChannels } = await import('#services/notifier/index.ts');
      const { channelsOfType } = await import('#shared/routing/index.ts');
      const typesOf = (name: string) =>
        Object.keys(config.routes).filter((type) => channelsOfType(type, config).includes(name));
      const rows = (await listChannels(config)).map(({ name, type, leadsTo, limits, can }) => [
        name,
        type,
        leadsTo,
        limits,
        can,
        // Where the tree names channels, log types do not.
        ...(config.routing.channel === undefined ? [typesOf(name).join(', ')] : []),
      ]);
      const heads = ['CHANNEL', 'TYPE', 'LEADS TO', 'LIMITS', 'CAN'];
      if (config.routing.channel === undefined) heads.push('LOG TYPES');
      process.stdout.write(table(heads, rows));
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
