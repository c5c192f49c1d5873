import { Command, Option } from 'commander';
import type { StepReport, UpkeepStepName } from '#shared/store/upkeep.ts';
import { configOf } from './setting.ts';
import { table } from './table.ts';

interface RunFlags {
  readonly step?: UpkeepStepName[];
  readonly dryRun?: true;
  readonly format: 'table' | 'json';
}

/** As `upkeepSteps` has it, which is read only when the command runs. */
const steps = [
  'integrity',
  'checkpoint',
  'force-merge',
  'retention',
  'snapshot',
  'restore-probe',
  'disk',
] as const satisfies readonly UpkeepStepName[];

const formatOption = () =>
  new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table');

/** `logpatrol housekeeping run | status`. */
export function housekeepingCommand(): Command {
  const command = new Command('housekeeping')
    .description('The nightly work on the store: merge, delete what has expired, snapshot, look at disks.')
    .addHelpText(
      'after',
      '\nExamples:\n  logpatrol housekeeping status\n  logpatrol housekeeping run --dry-run',
    );
  command
    .command('run')
    .description(
      'Do the nightly work now, here. Exit 1 where something is not well. A step that the store does not have is passed over.',
    )
    .addOption(new Option('--step <step...>', 'only these').choices(steps))
    .option('--dry-run', 'only say what would be done')
    .addOption(formatOption())
    .addHelpText(
      'after',
      '\nExamples:\n  logpatrol housekeeping run --step snapshot restore-probe\n  logpatrol housekeeping run --dry-run --format json | jq .',
    )
    .action(run);
  command
    .command('status')
    .description(
      'When each job of the service housekeeping ran, and how snapshots and disks are. Exit 1 where not well.',
    )
    .addOption(formatOption())
    .addHelpText('after', '\nExample:\n  logpatrol housekeeping status --format json | jq .jobs')
    .action(status);
  return command;
}

async function run(flags: RunFlags, self: Command): Promise<void> {
  const config = await configOf(self);
  const { runByHand } = await import('./housekeeping-desk.ts');
  const { stopSignal } = await import('#shared/lifecycle/index.ts');
  const reports = await runByHand(config, {
    steps: flags.step,
    dryRun: flags.dryRun === true,
    signal: stopSignal((code) => process.exit(code)),
    onStep: ({ step }) => process.stderr.write(`logpatrol: ${step} is done\n`),
  });
  if (flags.format === 'json') process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
  else process.stdout.write(table(['STEP', 'OUTCOME', 'WHAT'], reports.flatMap(rowsOf)));
  if (reports.some(({ outcome }) => outcome === 'trouble')) process.exitCode = 1;
}

function rowsOf({ step, outcome, lines }: StepReport): string[][] {
  const [first = '', ...others] = lines;
  return [[step, outcome, first], ...others.map((line) => ['', '', line])];
}

async function status(flags: Pick<RunFlags, 'format'>, self: Command): Promise<void> {
  const config = await configOf(self);
  const { statusOf } = await import('./housekeeping-desk.ts');
  const answer = await statusOf(config);
  if (flags.format === 'json') process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  else {
    const jobs = answer.jobs.map(({ job, endedAt, ok, lines }) => [
      job,
      endedAt ?? 'never yet',
      ok === undefined ? '' : ok ? 'ok' : 'NOT OK',
      lines[0] ?? '',
    ]);
    const health = answer.health.map(({ name, ok, detail, remedy }) => [
      name,
      '',
      ok ? 'ok' : 'NOT OK',
      ok || remedy === undefined ? detail : `${detail}; ${remedy}`,
    ]);
    process.stdout.write(table(['WHAT', 'LAST RUN', 'OUTCOME', 'DETAIL'], [...jobs, ...health]));
  }
  if (answer.jobs.some(({ ok }) => ok === false) || answer.health.some(({ ok }) => !ok)) process.exitCode = 1;
}
