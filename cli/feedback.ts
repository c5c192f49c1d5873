import { Command, Option } from 'commander';
import { printable } from '#shared/text/printable.ts';
import { atDesk, byOption, endOf, scopeText } from './control-options.ts';
import { duration } from './moment.ts';
import { configOf } from './setting.ts';

interface FeedbackFlags {
  readonly scope: 'fingerprint' | 'template' | 'rule';
  readonly everywhere?: true;
  readonly for?: number;
  readonly by: string;
  readonly note?: string;
  readonly dryRun?: true;
}

/** `logpatrol feedback FINDING_ID --not-a-problem`. */
export function feedbackCommand(): Command {
  return new Command('feedback')
    .description('Say that a finding is not a problem: its like is not told any more.')
    .argument('<finding>', 'its id, the last line of its card')
    .addOption(new Option('--not-a-problem', 'what you say of it').makeOptionMandatory())
    .addOption(
      new Option(
        '--scope <scope>',
        'what you mean: just this failure, lines like it, or all that its rule finds',
      )
        .choices(['fingerprint', 'template', 'rule'])
        .default('fingerprint'),
    )
    .addOption(new Option('--service-only', 'of its service (default)').conflicts('everywhere'))
    .option('--everywhere', 'of every service')
    .addOption(
      new Option('--for <duration>', 'for how long: 12h, 30d (default: for ever)').argParser(duration),
    )
    .addOption(byOption())
    .option('--note <text>', 'why')
    .option('--dry-run', 'only say what it would silence')
    .addHelpText(
      'after',
      `
Examples:
  logpatrol feedback 0-a1b2c3d4e5f60718-m3k9x2p0 --not-a-problem --note "a probe of ours"
  logpatrol feedback 0-a1b2c3d4e5f60718-m3k9x2p0 --not-a-problem --scope rule --for 30d --dry-run`,
    )
    .action(async (findingId: string, flags: FeedbackFlags, self: Command) => {
      const { scope, everywhere = false, by, note, dryRun = false } = flags;
      const until = flags.for === undefined ? undefined : endOf(flags.for);
      const answer = await atDesk(await configOf(self), (desk) =>
        desk.feedback({
          findingId,
          scope,
          everywhere,
          by,
          dryRun,
          ...(note !== undefined && { note }),
          ...(until !== undefined && { until }),
        }),
      );
      for (const warning of answer.warnings) process.stderr.write(`logpatrol: careful: ${warning}\n`);
      const { findings, services, days, isAll } = answer.matches;
      const lines = [
        `${answer.control === undefined ? 'would keep' : 'keeps'} quiet about ${scopeText(answer.scope)}, ${until === undefined ? 'for ever' : `until ${until}`}`,
        `  of the last ${days} days: ${findings}${isAll ? '' : ' or more'} findings of ${services} services`,
        ...(answer.control === undefined ? [] : [`  undo it: logpatrol controls undo ${answer.control.id}`]),
      ];
      process.stdout.write(`${lines.map(printable).join('\n')}\n`);
    });
}
