import { Command, Option } from 'commander';
import type { Config } from '#shared/config/index.ts';
import type { Finding } from '#shared/model/index.ts';
import { atDesk, byOption, controlTable, endOf, forOption, untilOption } from './control-options.ts';
import { configOf, toolLogger } from './setting.ts';

interface SilenceFlags {
  readonly incident: string;
  readonly untilResolved?: true;
  readonly for?: number;
  readonly until?: string;
  readonly by: string;
  readonly note?: string;
}

/** `logpatrol controls silence`: of one incident, as the buttons of its card do. */
export function silenceCommand(): Command {
  return new Command('silence')
    .description('Keep quiet about one incident: until it is resolved, for a while, or whenever it is open.')
    .requiredOption('--incident <id>', 'the last line of its card')
    .addOption(
      new Option('--until-resolved', 'until it is resolved; if it comes back, it is told').conflicts([
        'for',
        'until',
      ]),
    )
    .addOption(forOption())
    .addOption(untilOption())
    .addOption(byOption())
    .option('--note <text>', 'why')
    .addHelpText(
      'after',
      `
Examples:
  logpatrol controls silence --incident 0-a1b2c3d4e5f60718-m3k9x2p0 --until-resolved
  logpatrol controls silence --incident 0-a1b2c3d4e5f60718-m3k9x2p0 --for 8h --note "ana is on it"`,
    )
    .action(silence);
}

async function silence(flags: SilenceFlags, self: Command): Promise<void> {
  const config = await configOf(self);
  const finding = await findingOf(config, flags.incident);
  const { LogpatrolError } = await import('#shared/errors/index.ts');
  if (finding.pinned === true)
    throw new LogpatrolError(
      'usage',
      `the rule ${finding.rule} is pinned: what it finds is told always. Change the rule if it is wrong`,
    );
  if (flags.untilResolved === true && finding.state === 'resolved')
    throw new LogpatrolError('usage', `the incident ${finding.id} is resolved already`);
  const until = flags.until ?? (flags.for === undefined ? undefined : endOf(flags.for));
  const control = await atDesk(config, (desk) =>
    desk.add({
      kind: 'silence',
      scope: { incident: finding.id },
      by: flags.by,
      findingId: finding.id,
      ...(flags.note !== undefined && { note: flags.note }),
      ...(until !== undefined && { until }),
      ...(flags.untilResolved === true && { opening: finding.openings }),
    }),
  );
  process.stdout.write(controlTable(control));
}

/** As the store has it: whoever reads its id on a card has seen it told. */
async function findingOf(config: Config, id: string): Promise<Finding> {
  const { openStoreForReading } = await import('#shared/lifecycle/index.ts');
  const { LogpatrolError } = await import('#shared/errors/index.ts');
  const store = await openStoreForReading(config, { logger: toolLogger(config) });
  try {
    const finding = await store.finding(id);
    if (finding !== undefined) return finding;
    throw new LogpatrolError('usage', `there is no incident ${id}; its id is the last line of its card`);
  } finally {
    await store.close();
  }
}
