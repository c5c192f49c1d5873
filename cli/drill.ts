import { Command, Option } from 'commander';
import { byOption } from './control-options.ts';
import { configOf } from './setting.ts';
import { wholeNumber } from './whole-number.ts';

interface DrillOptions {
  readonly timeout?: number;
  readonly format: 'table' | 'json';
  readonly by: string;
}

/** `logpatrol drill`. */
export function drillCommand(): Command {
  return new Command('drill')
    .description(
      'Send a marked failure of our own through the whole path, from a line to an accepted card, and tell the time of each hop.',
    )
    .addOption(
      new Option(
        '--timeout <seconds>',
        'how long to wait for the card (default: drill.timeoutSeconds)',
      ).argParser(wholeNumber(5, 600)),
    )
    .addOption(new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table'))
    .addOption(byOption())
    .addHelpText(
      'after',
      `
Examples:
  logpatrol drill
  logpatrol drill --timeout 20 --format json | jq .hops

The card is marked as a drill, goes to drill.channel (else operator.channel, else the first), calls nobody, and resolves by itself.
Exit code 0: the card was accepted. 1: a hop was not reached in time; the last line says which and what to look at.`,
    )
    .action(async ({ timeout, format, by }: DrillOptions, self: Command) => {
      const config = await configOf(self);
      const { drill } = await import('./drill-desk.ts');
      const { drillProgress, drillText } = await import('./drill-page.ts');
      const progress = format === 'table' ? drillProgress() : undefined;
      const draft = { by, timeoutSeconds: timeout };
      const report = await drill(config, draft, (now) => progress?.show(now)).finally(() => progress?.stop());
      process.stdout.write(format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : drillText(report));
      if (report.outcome !== 'accepted') process.exitCode = 1;
    });
}
