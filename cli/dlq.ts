import { Command, Option } from 'commander';
import type { Bus } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { configOf, toolLogger } from './setting.ts';
import { table } from './table.ts';
import { wholeNumber } from './whole-number.ts';

/** A table is held in memory until its widths are known. */
const maxRows = 1000;

const about =
  'The original topic (logs.app) or its dead-letter topic (dlq.logs.app); all of them where absent.';

/** `logpatrol dlq list | replay`. */
export function dlqCommand(): Command {
  const command = new Command('dlq')
    .description('Records that could not be handled, with the reason.')
    .addHelpText('after', '\nExamples:\n  logpatrol dlq list\n  logpatrol dlq replay logs.app');
  command
    .command('list')
    .description('List dead letters: where from, why, when, and whether they have been replayed.')
    .argument('[topic]', about)
    .addOption(new Option('--format <format>', 'how to print').choices(['table', 'ndjson']).default('table'))
    .addHelpText(
      'after',
      '\nExamples:\n  logpatrol dlq list\n  logpatrol dlq list logs.app --format ndjson | jq .error',
    )
    .action(list);
  command
    .command('replay')
    .description('Give dead letters back to the topic that they came from, each exactly once.')
    .argument('[topic]', about)
    .addOption(
      new Option('--limit <count>', 'at most so many, the oldest first').argParser(
        wholeNumber(1, 999_999_999),
      ),
    )
    .addHelpText('after', '\nExamples:\n  logpatrol dlq replay logs.app --limit 10\n  logpatrol dlq replay')
    .action(replay);
  return command;
}

async function list(named: string | undefined, options: { format: string }, self: Command): Promise<void> {
  await withTopics(named, self, async (bus, topics) => {
    const { deadLetters } = await import('#shared/dlq/index.ts');
    const rows: string[][] = [];
    let more = 0;
    for (const topic of topics)
      for await (const letter of deadLetters(bus, topic)) {
        if (options.format === 'ndjson') process.stdout.write(`${JSON.stringify(letter)}\n`);
        else if (rows.length >= maxRows) more += 1;
        else
          rows.push([
            letter.topic,
            `${letter.partition}:${letter.offset}`,
            letter.time,
            letter.stage,
            `${letter.bytes}`,
            letter.replayed ? 'replayed' : 'waiting',
            letter.error.slice(0, 200),
          ]);
      }
    if (options.format === 'ndjson') return;
    const head = ['TOPIC', 'OFFSET', 'TIME', 'STAGE', 'BYTES', 'STATE', 'ERROR'];
    process.stdout.write(rows.length === 0 ? 'no dead letters\n' : table(head, rows));
    if (more > 0) process.stdout.write(`\nand ${more} more; --format ndjson lists all of them\n`);
  });
}

async function replay(named: string | undefined, options: { limit?: number }, self: Command): Promise<void> {
  await withTopics(named, self, async (bus, topics) => {
    const { replayDeadLetters } = await import('#shared/dlq/index.ts');
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    let total = 0;
    for (const topic of topics) {
      const count = await replayDeadLetters(bus, topic, left);
      if (count > 0) process.stdout.write(`${topic}: ${count} replayed\n`);
      left -= count;
      total += count;
    }
    if (total === 0) process.stdout.write('no dead letters to replay\n');
  });
}

/** Opens the bus for the topics that are meant. */
async function withTopics(
  named: string | undefined,
  self: Command,
  work: (bus: Bus, topics: readonly string[]) => Promise<void>,
): Promise<void> {
  const config: Config = await configOf(self);
  const { originalTopic, topicsWithDeadLetters } = await import('#shared/dlq/index.ts');
  const topics = named === undefined ? topicsWithDeadLetters(config) : [originalTopic(config, named)];
  const { openBus, topicTrouble } = await import('#shared/lifecycle/index.ts');
  const bus = await openBus(config, { logger: toolLogger(config), observer: {}, name: 'dlq' });
  try {
    const { topicSpecs } = await import('#shared/bus/topics.ts');
    const wrong = await bus.verify(topicSpecs(config));
    if (wrong.length > 0)
      throw new LogpatrolError(
        'unusable-environment',
        `${topicTrouble(wrong)}; run \`logpatrol setup\` first`,
      );
    await work(bus, topics);
  } finally {
    await bus.close();
  }
}
