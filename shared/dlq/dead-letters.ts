import { deadLetterTopic } from '#shared/bus/dead-letter.ts';
import type { Bus, BusRecord } from '#shared/bus/port.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';

/** One record that could not be handled, and whether it has been given back since. */
export interface DeadLetter {
  /** The topic it came from. */
  readonly topic: string;
  /** Its place on the dead-letter topic. */
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly error: string;
  readonly stage: string;
  /** ISO 8601. */
  readonly time: string;
  readonly bytes: number;
  readonly replayed: boolean;
}

/** The group whose committed offset says how far a dead-letter topic has been replayed. */
export function replayGroup(topic: string): string {
  return `dlq-replay-${topic}`;
}

/** Topics that can have dead letters, by the name of the original. */
export function topicsWithDeadLetters(config: Config): string[] {
  const names = topicSpecs(config).map((spec) => spec.name);
  return names.filter((name) => names.includes(deadLetterTopic(name)));
}

/**
 * The topic that a user means by `logs.app` or `dlq.logs.app`.
 *
 * @throws LogpatrolError `usage` where there is no such topic
 */
export function originalTopic(config: Config, named: string): string {
  const topics = topicsWithDeadLetters(config);
  const found = topics.find((topic) => topic === named || deadLetterTopic(topic) === named);
  if (found !== undefined) return found;
  throw new LogpatrolError(
    'usage',
    `there is no topic "${named}" with dead letters; there are ${topics.join(', ')}`,
  );
}

/** The dead letters of one topic, oldest first in each partition. */
export async function* deadLetters(bus: Bus, topic: string): AsyncGenerator<DeadLetter> {
  const committed = await bus.committed(replayGroup(topic), deadLetterTopic(topic));
  for await (const record of bus.read(deadLetterTopic(topic)))
    yield describe(topic, record, record.offset < (committed.get(record.partition) ?? 0));
}

function describe(topic: string, record: BusRecord, replayed: boolean): DeadLetter {
  return {
    topic,
    partition: record.partition,
    offset: record.offset,
    key: record.key === null ? null : record.key.toString('utf8'),
    error: record.headers['logpatrol-error'] ?? '',
    stage: record.headers['logpatrol-stage'] ?? '',
    time: record.headers['logpatrol-time'] ?? new Date(record.timestamp).toISOString(),
    bytes: record.value?.length ?? 0,
    replayed,
  };
}
