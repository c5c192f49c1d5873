import { Command, Option } from 'commander';
import type { Config } from '#shared/config/index.ts';
import { type Severity, severities } from '#shared/model/index.ts';
import { byOption } from './control-options.ts';
import type { PreferenceDesk } from './preference-desk.ts';
import { configOf } from './setting.ts';
import { table } from './table.ts';

/** `logpatrol preferences list | set | reset`. */
export function preferencesCommand(): Command {
  const command = new Command('preferences')
    .description('Who on call wants to be told, and from which severity; over what the configuration says.')
    .addHelpText(
      'after',
      '\nExamples:\n  logpatrol preferences list\n  logpatrol preferences set wang-fang --from critical',
    );
  command
    .command('list')
    .description('List the people and teams of the configuration, and what holds for each.')
    .addOption(
      new Option('--format <format>', 'how to print').choices(['table', 'json', 'ndjson']).default('table'),
    )
    .addHelpText('after', '\nExample:\n  logpatrol preferences list --format ndjson | jq .from')
    .action(list);
  command
    .command('set')
    .description('Say whether somebody is told, and from which severity. In force within a second.')
    .argument('<who>', 'a person or team, as `logpatrol preferences list` names it')
    .addOption(new Option('--from <severity>', 'told from this severity on').choices(severities))
    .addOption(new Option('--not', 'not told at all').conflicts('from'))
    .addOption(byOption())
    .addHelpText(
      'after',
      `
Examples:
  logpatrol preferences set wang-fang --from critical
  logpatrol preferences set wang-fang --not         on holiday`,
    )
    .action(async (who: string, flags: SetFlags, self: Command) => {
      const { from, not = false, by } = flags;
      const config = await configOf(self);
      const set = await atDesk(config, (desk) =>
        desk.set({ who, tell: !not, by, ...(from !== undefined && { from }) }),
      );
      const words = set.tell
        ? `is told${set.from === undefined ? '' : ` from ${set.from} on`}`
        : 'is not told';
      process.stdout.write(`${who} ${words}\n`);
    });
  command
    .command('reset')
    .description('Take back what somebody wanted: the configuration holds again.')
    .argument('<who>', 'a person or team')
    .addOption(byOption())
    .addHelpText('after', '\nExample:\n  logpatrol preferences reset wang-fang')
    .action(async (who: string, { by }: { by: string }, self: Command) => {
      await atDesk(await configOf(self), (desk) => desk.reset(who, by));
      process.stdout.write(`${who}: what the configuration says holds again\n`);
    });
  return command;
}

interface SetFlags {
  readonly from?: Severity;
  readonly not?: true;
  readonly by: string;
}

async function atDesk<T>(config: Config, work: (desk: PreferenceDesk) => Promise<T>): Promise<T> {
  const { withPreferenceDesk } = await import('./preference-desk.ts');
  return withPreferenceDesk(config, work);
}

async function list({ format }: { format: string }, self: Command): Promise<void> {
  const config = await configOf(self);
  const { wishOf } = await import('#shared/routing/index.ts');
  const said = new Map((await atDesk(config, (desk) => desk.list())).map((one) => [one.who, one]));
  const { people, teams } = config;
  const everybody = [...Object.keys(people), ...Object.keys(teams)].flatMap((who) => {
    const wish = wishOf(who, config, said);
    if (wish === undefined) return [];
    const { by, createdAt } = said.get(who) ?? {};
    const name = people[who]?.name ?? `team of ${teams[who]?.members.join(', ')}`;
    return [{ who, name, ...wish, ...(by !== undefined && { by, createdAt }) }];
  });
  if (format === 'json') process.stdout.write(`${JSON.stringify(everybody, null, 2)}\n`);
  else if (format === 'ndjson') for (const one of everybody) process.stdout.write(`${JSON.stringify(one)}\n`);
  else if (everybody.length === 0)
    process.stdout.write('there is nobody under people or teams in the configuration\n');
  else {
    const rows = everybody.map(({ who, name, tell, from, source, by, createdAt }) => {
      const origin = by === undefined ? source : `${source}, by ${by}, ${createdAt}`;
      return [who, name, tell ? `from ${from} on` : 'not at all', origin];
    });
    process.stdout.write(table(['WHO', 'NAME', 'TOLD', 'SAYS'], rows));
  }
}
