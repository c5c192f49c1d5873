import { Command, Option } from 'commander';
import type { ChannelReport, MessageReport, QueuedMessage } from '#shared/queue/index.ts';
import { byOption } from './control-options.ts';
import { configOf } from './setting.ts';
import { table } from './table.ts';
import { momentFlag } from './time-flags.ts';
import { wholeNumber } from './whole-number.ts';

const hour = 60 * 60_000;
const mostMessages = 10_000;

interface ListFlags {
  readonly since?: (now: number) => number;
  readonly limit: number;
  readonly format: string;
}

interface ReplayFlags {
  readonly channel?: string;
  readonly id?: string;
  readonly since?: (now: number) => number;
  readonly by: string;
  readonly format: string;
}

const formatOption = () =>
  new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table');
const sinceOption = (what: string) =>
  new Option('--since <time>', `${what}: 2026-11-21, 2026-11-21T08:00, or 7d ago`).argParser(momentFlag);

/** `logpatrol queue list | show | replay`. */
export function queueCommand(): Command {
  const command = new Command('queue')
    .description('Messages on their way to the channels: what waits, what was sent, what was given up.')
    .addHelpText('after', '\nExamples:\n  logpatrol queue list\n  logpatrol queue replay --channel oncall');
  command
    .command('list')
    .description(
      "List each channel's totals and pace, what waits and why, what is dead, and what was done lately.",
    )
    .argument('[channel]', 'of this channel; of all where absent')
    .addOption(sinceOption('what is done with from then on (default: the last hour)'))
    .addOption(
      new Option('--limit <count>', 'at most so many messages')
        .argParser(wholeNumber(1, mostMessages))
        .default(100),
    )
    .addOption(formatOption())
    .addHelpText(
      'after',
      '\nExamples:\n  logpatrol queue list oncall\n  logpatrol queue list --format json | jq .channels',
    )
    .action(list);
  command
    .command('show')
    .description('Show all that is known of one message or digest: each attempt, and what the far side said.')
    .argument('<id>', 'its id, as `queue list` has it')
    .addOption(formatOption())
    .addHelpText('after', '\nExample:\n  logpatrol queue show oncall:0-a1b2c3d4e5f60718-m3k9x2p0:1')
    .action(show);
  command
    .command('replay')
    .description(
      'Put messages that were given up back into their outbox. What waits again already is left alone.',
    )
    .option('--channel <name>', 'of this channel; of all where absent')
    .option('--id <id>', 'this message')
    .addOption(sinceOption('given up from then on'))
    .addOption(byOption())
    .addOption(formatOption())
    .addHelpText(
      'after',
      '\nExamples:\n  logpatrol queue replay --channel oncall --since 1d\n  logpatrol queue replay --id oncall:0-a1b2c3d4e5f60718-m3k9x2p0:1',
    )
    .action(replayAction);
  return command;
}

async function list(channel: string | undefined, flags: ListFlags, self: Command): Promise<void> {
  const { queueOf } = await import('./queue-desk.ts');
  const now = Date.now();
  const since = flags.since?.(now) ?? now - hour;
  const report = await queueOf(await configOf(self), { channel, since, limit: flags.limit, now });
  if (flags.format === 'json') {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const channelHead = [
    'CHANNEL',
    'WAITING',
    'SENDING',
    'RETRYING',
    'DEAD',
    'OLDEST',
    'CALLS/MIN',
    'SENT',
    'DIGESTED',
  ];
  process.stdout.write(table(channelHead, report.channels.map(channelRow)));
  if (report.messages.length === 0) return;
  const head = ['ID', 'STATE', 'SEVERITY', 'REASON', 'AGE', 'TRIES', 'NEXT', 'WHAT', 'LAST ERROR'];
  process.stdout.write(
    `\n${table(
      head,
      report.messages.map((message) => messageRow(message, now)),
    )}`,
  );
  if (report.more > 0)
    process.stdout.write(`\nand ${report.more} more; --limit ${mostMessages} --format json lists them\n`);
}

function channelRow(report: ChannelReport): string[] {
  const { channel, waiting, sending, retrying, dead, sent, digested, oldestMs } = report;
  const pace = `${report.callsLastMinute}${report.perMinute === undefined ? '' : ` of ${report.perMinute}`}`;
  const counts = [waiting, sending, retrying, dead].map(String);
  return [channel, ...counts, oldestMs === undefined ? '' : spanOf(oldestMs), pace, `${sent}`, `${digested}`];
}

function messageRow(message: QueuedMessage, now: number): string[] {
  const {
    id,
    state,
    severity,
    reason = '',
    attempts,
    at,
    queuedAt,
    nextTry,
    title,
    service,
    error,
  } = message;
  const more = [message.digestId, message.fellBackTo && `also to ${message.fellBackTo}`].filter(Boolean);
  return [
    id,
    [state, ...more].join(', '),
    severity,
    reason,
    spanOf(now - Date.parse(queuedAt ?? at)),
    `${attempts}`,
    nextTry === undefined ? '' : `in ${spanOf(Date.parse(nextTry) - now)}`,
    title === undefined ? message.incidentId : `${service}: ${title}`.slice(0, 80),
    [message.cause, error].filter(Boolean).join(': ').slice(0, 160),
  ];
}

/** `41s`, `3m`, `2h`, `5d`. */
function spanOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)}h` : `${Math.round(seconds / 86_400)}d`;
}

async function show(id: string, { format }: { format: string }, self: Command): Promise<void> {
  const { messageOf } = await import('./queue-desk.ts');
  const report = await messageOf(await configOf(self), id);
  process.stdout.write(format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : messageText(report));
}

function messageText({ message, deliveries, members }: MessageReport): string {
  const about =
    message === undefined
      ? []
      : [
          ['channel', message.channel],
          ['group', message.groupId],
          ['reason', message.reason],
          ['severity', message.finding.severity],
          ['about', `${message.finding.service}: ${message.finding.title}`],
          ['incident', `${message.finding.id} r${message.finding.revision}`],
          ['queued', message.queuedAt],
        ];
  const head = ['TIME', 'OUTCOME', 'ATTEMPT', 'MS', 'CODE', 'CAUSE', 'CARD', 'DIGEST', 'ERROR'];
  const rows = deliveries.map((each) => [
    each.at,
    each.outcome,
    `${each.attempt}`,
    each.response_time_ms === undefined ? '' : `${Math.round(each.response_time_ms)}`,
    each.code ?? '',
    each.cause ?? '',
    each.platformMessageId ?? '',
    each.digestId ?? '',
    each.error ?? '',
  ]);
  const parts = [
    ...(about.length > 0 ? [table([], about)] : []),
    rows.length > 0 ? table(head, rows) : 'not tried yet\n',
    ...(members.length > 0 ? [`names:\n${members.map((member) => `  ${member}\n`).join('')}`] : []),
  ];
  return parts.join('\n');
}

async function replayAction(flags: ReplayFlags, self: Command): Promise<void> {
  const { replay } = await import('./queue-desk.ts');
  const { channel, id, since, by, format } = flags;
  const now = Date.now();
  const answer = await replay(await configOf(self), { channel, id, since: since?.(now), by, now });
  if (format === 'json') {
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
    return;
  }
  for (const each of answer.replayed) process.stdout.write(`${each.id}\n`);
  const { length } = answer.replayed;
  process.stdout.write(length === 0 ? 'no dead messages\n' : `${length} put back\n`);
}
