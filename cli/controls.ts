import { Command, Option } from 'commander';
import type { Config } from '#shared/config/index.ts';
import type { Control, ControlScope } from '#shared/model/index.ts';
import { atDesk, byOption, controlTable, endOf, forOption, rowOf, untilOption } from './control-options.ts';
import { moment } from './moment.ts';
import { configOf } from './setting.ts';
import { silenceCommand } from './silence.ts';
import { table } from './table.ts';

const formats = () =>
  new Option('--format <format>', 'how to print').choices(['table', 'json', 'ndjson']).default('table');

/** `logpatrol controls list | add | undo`. */
export function controlsCommand(): Command {
  const command = new Command('controls')
    .description('What logpatrol keeps quiet about: silences, maintenance, feedback.')
    .addHelpText('after', '\nExamples:\n  logpatrol controls list\n  logpatrol controls undo 3f9a0c12be');
  command
    .command('list')
    .description('List what is in force, and the maintenance windows of the configuration.')
    .option('--all', 'what is planned and what has expired of late, too')
    .addOption(formats())
    .addHelpText(
      'after',
      '\nExamples:\n  logpatrol controls list --all\n  logpatrol controls list --format ndjson | jq .scope',
    )
    .action(list);
  command
    .command('add')
    .description(
      'Keep quiet about what fits every scope that is given; never about a rule that pins its severity.',
    )
    .addOption(
      new Option('--kind <kind>', 'what it is')
        .choices(['silence', 'maintenance', 'feedback'])
        .default('silence'),
    )
    .option('--service <name>', 'scope: a service')
    .option('--host <name>', 'scope: what only this host has')
    .option('--rule <id>', 'scope: a rule, as `logpatrol rules list` names it')
    .option('--fingerprint <id>', 'scope: one failure')
    .option('--template <id>', 'scope: lines of one template')
    .option('--type <type>', 'scope: a log type')
    .option('--incident <id>', 'scope: one incident, whenever it is open')
    .addOption(new Option('--from <time>', 'when it begins (default: now)').argParser(moment))
    .addOption(forOption())
    .addOption(untilOption())
    .addOption(byOption())
    .option('--note <text>', 'why')
    .addHelpText(
      'after',
      `
Examples:
  logpatrol controls add --service mysql --for 2h --note "restoring a backup"
  logpatrol controls add --kind maintenance --host db-1 --from 2026-11-22T01:00 --until 2026-11-22T03:00`,
    )
    .action(add);
  command.addCommand(silenceCommand());
  command
    .command('undo')
    .description('Take a control back; what it kept quiet is told again where it goes on.')
    .argument('<id>', 'as `logpatrol controls list` names it')
    .addOption(byOption())
    .addHelpText('after', '\nExample:\n  logpatrol controls undo 3f9a0c12be')
    .action(async (id: string, { by }: { by: string }, self: Command) => {
      const control = await atDesk(await configOf(self), (desk) => desk.undo(id, by));
      process.stdout.write(table(['UNDONE', 'KIND', 'SCOPE', 'BY'], [rowOf(control).slice(0, 4)]));
    });
  return command;
}

async function list(options: { all?: true; format: string }, self: Command): Promise<void> {
  const config = await configOf(self);
  const { configured, openUntil, stateOf } = await import('#shared/controls/index.ts');
  const now = Date.now();
  const all = await atDesk(config, (desk) => desk.list());
  const shown = all
    .map((control) => ({ ...control, state: stateOf(control, now) }))
    .filter(({ state }) => options.all === true || state === 'in force');
  if (options.format === 'json') process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
  else if (options.format === 'ndjson')
    for (const one of shown) process.stdout.write(`${JSON.stringify(one)}\n`);
  else {
    const windows = config.maintenance.flatMap((window) => {
      const until = openUntil(window, now);
      if (until === undefined && options.all !== true) return [];
      const scope = (['services', 'hosts', 'rules', 'types'] as const).flatMap((key) =>
        window[key] === undefined ? [] : [`${key} ${window[key].join(', ')}`],
      );
      const times = `${window.days.join(' ')} ${window.from}–${window.to} ${window.timeZone}`;
      const end = until === undefined ? '' : new Date(until).toISOString();
      return [
        [
          window.name,
          'maintenance',
          scope.join('; '),
          configured,
          until === undefined ? 'planned' : 'in force',
          times,
          end,
          '',
        ],
      ];
    });
    const rows = [
      ...shown.map((one) => [...rowOf(one).slice(0, 4), one.state, ...rowOf(one).slice(4)]),
      ...windows,
    ];
    const head = ['ID', 'KIND', 'SCOPE', 'BY', 'STATE', 'FROM', 'UNTIL', 'NOTE'];
    process.stdout.write(rows.length === 0 ? 'nothing is kept quiet\n' : table(head, rows));
  }
}

type AddFlags = {
  readonly kind: Control['kind'];
  readonly from?: string;
  readonly for?: number;
  readonly until?: string;
  readonly by: string;
  readonly note?: string;
} & ControlScope;

async function add(flags: AddFlags, self: Command): Promise<void> {
  const {
    kind,
    from,
    until = flags.for === undefined ? undefined : endOf(flags.for, from),
    by,
    note,
  } = flags;
  const { fingerprint, template, rule, service, host, type, incident } = flags;
  const { ControlDraft } = await import('#shared/model/index.ts');
  const { LogpatrolError } = await import('#shared/errors/index.ts');
  const named = { fingerprint, template, rule, service, host, type, incident };
  const scope = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  const draft = ControlDraft.safeParse({
    kind,
    scope,
    by,
    ...(note !== undefined && { note }),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
  });
  if (!draft.success)
    throw new LogpatrolError(
      'usage',
      draft.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    );
  const config = await configOf(self);
  if (rule !== undefined) await warnOfRule(rule, config);
  const control = await atDesk(config, (desk) => desk.add(draft.data));
  process.stdout.write(controlTable(control));
}

/** A mistyped rule, or one that nobody can silence, would leave a person waiting for quiet. */
async function warnOfRule(id: string, config: Config): Promise<void> {
  const { isRuleOfNoPack } = await import('./rules-of-no-pack.ts');
  if (await isRuleOfNoPack(id)) return;
  const { rulesOf } = await import('./rule-options.ts');
  const { printable } = await import('#shared/text/printable.ts');
  const { rules } = await rulesOf(config, []);
  const rule = rules.find((one) => one.id === id);
  const warning =
    rule === undefined
      ? 'there is no such rule'
      : rule.pinned
        ? 'it is pinned, and told all the same'
        : undefined;
  if (warning !== undefined) process.stderr.write(`logpatrol: careful: rule ${printable(id)}: ${warning}\n`);
}
