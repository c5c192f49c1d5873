import { Command, Option } from 'commander';
import type { AuditEntry } from '#shared/model/index.ts';
import { configOf } from './setting.ts';
import { table } from './table.ts';
import { momentFlag } from './time-flags.ts';
import { wholeNumber } from './whole-number.ts';

/** An answer over HTTP has so many entries at most. */
const mostEntries = 10_000;

interface Flags {
  readonly since?: (now: number) => number;
  readonly incident?: string;
  readonly by?: string;
  readonly limit: number;
  readonly format: string;
}

/** `logpatrol audit list`. */
export function auditCommand(): Command {
  const command = new Command('audit')
    .description('Who did what: on cards, by links, over HTTP, at the command line.')
    .addHelpText('after', '\nExample:\n  logpatrol audit list --since 7d');
  command
    .command('list')
    .description('List what people did, or were refused, of the last 90 days; the newest first.')
    .addOption(
      new Option(
        '--since <time>',
        'from then on: 2026-11-21, 2026-11-21T08:00, or 7d for so long ago',
      ).argParser(momentFlag),
    )
    .option('--incident <id>', 'of this incident')
    .option('--by <who>', 'of this person: a key of people, an id, a name, or an account as token:chat-bot')
    .addOption(
      new Option('--limit <count>', 'at most so many').argParser(wholeNumber(1, mostEntries)).default(1000),
    )
    .addOption(
      new Option('--format <format>', 'how to print').choices(['table', 'json', 'ndjson']).default('table'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  logpatrol audit list --incident 0-a1b2c3d4e5f60718-m3k9x2p0\n  logpatrol audit list --since 7d --format ndjson | jq .by.name',
    )
    .action(list);
  return command;
}

async function list(flags: Flags, self: Command): Promise<void> {
  const { auditOf } = await import('./incident-desk.ts');
  const entries = await auditOf(await configOf(self), {
    since: flags.since?.(Date.now()),
    incidentId: flags.incident,
    by: flags.by,
    limit: flags.limit,
  });
  if (flags.format === 'json') process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
  else if (flags.format === 'ndjson')
    for (const entry of entries) process.stdout.write(`${JSON.stringify(entry)}\n`);
  else {
    const head = ['TIME', 'BY', 'VIA', 'ACTION', 'OUTCOME', 'ABOUT', 'NOTE'];
    process.stdout.write(entries.length === 0 ? 'nobody did anything\n' : table(head, entries.map(rowOf)));
  }
}

function rowOf({ at, by, via, account, action, outcome, why, note, ...about }: AuditEntry): string[] {
  const what = about.incidentId ?? about.controlId ?? about.channel ?? '';
  const way = account === undefined ? via : `${via}, ${account}`;
  return [at, by.name, way, action, outcome, what, [why, note].filter(Boolean).join('; ')];
}
