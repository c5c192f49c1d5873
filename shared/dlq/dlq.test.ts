import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deadLetter } from '#shared/bus/dead-letter.ts';
import type { Bus, BusRecord } from '#shared/bus/port.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import { type Config, ConfigSchema } from '#shared/config/index.ts';
import { openBus } from '#shared/lifecycle/open.ts';
import { kafkaAddress } from '#test/stack/addresses.ts';
import { removeTopics } from '#test/stack/remove-topics.ts';
import { type DeadLetter, deadLetters, originalTopic, replayDeadLetters } from './index.ts';

const prefix = `dlq-${process.pid}-${Date.now()}.`;
const logger = pino({ level: 'silent' });

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** A record of logs.app as it could not be handled. */
function broken(partition: number, offset: number): BusRecord {
  return {
    topic: 'logs.app',
    partition,
    offset,
    key: Buffer.from(`host-${partition}`),
    value: Buffer.from(`not json ${partition}:${offset}`),
    headers: { source: 'filebeat' },
    timestamp: 1_700_000_000_000,
  };
}

describe.each(['embedded', 'kafka'])('dead letters on the %s bus', (kind) => {
  let folder: string;
  let bus: Bus;
  let config: Config;

  beforeEach(async (test) => {
    test.skip(kind === 'kafka' && kafkaAddress() === undefined, 'no Kafka');
    folder = await mkdtemp(join(tmpdir(), 'logpatrol-dlq-'));
    config = ConfigSchema.parse({
      dataDir: folder,
      routes: { app: { partitions: 2 } },
      ...(kind === 'kafka' && { kafka: { brokers: [kafkaAddress()], prefix } }),
    });
    bus = await openBus(config, { logger, observer: {}, name: 'test' });
    await bus.setup(topicSpecs(config));
    const writer = await bus.writer('test-dead-letters');
    const records = [broken(0, 5), broken(0, 9), broken(1, 7)];
    await writer.write(records.map((record) => deadLetter(record, 'detect', 'not JSON', 1_700_000_001_000)));
    await writer.close();
  });
  afterEach(async () => {
    await bus?.close();
    await rm(folder, { recursive: true, force: true });
    const broker = kafkaAddress();
    if (kind === 'kafka' && broker !== undefined) await removeTopics(broker, prefix);
  });

  it('are listed, and replayed each exactly once, as they were', async () => {
    const list = (): Promise<DeadLetter[]> => all(deadLetters(bus, 'logs.app'));
    const before = await list();
    expect(before).toHaveLength(3);
    expect(before.find((letter) => letter.partition === 1)).toEqual({
      topic: 'logs.app',
      partition: 1,
      offset: 0,
      key: 'host-1',
      error: 'not JSON',
      stage: 'detect',
      time: '2023-11-14T22:13:21.000Z',
      bytes: 12,
      replayed: false,
    });

    expect(await replayDeadLetters(bus, 'logs.app', 1)).toBe(1);
    expect((await list()).filter(({ replayed }) => replayed)).toHaveLength(1);
    expect(await replayDeadLetters(bus, 'logs.app')).toBe(2);
    expect((await list()).filter(({ replayed }) => replayed)).toHaveLength(3);
    expect(await replayDeadLetters(bus, 'logs.app')).toBe(0);

    const given = await all(bus.read('logs.app'));
    expect(
      given
        .map(({ partition, key, value, headers }) => ({
          partition,
          key: String(key),
          value: String(value),
          headers,
        }))
        .sort((a, b) => (a.value < b.value ? -1 : 1)),
    ).toEqual([
      { partition: 0, key: 'host-0', value: 'not json 0:5', headers: { source: 'filebeat' } },
      { partition: 0, key: 'host-0', value: 'not json 0:9', headers: { source: 'filebeat' } },
      { partition: 1, key: 'host-1', value: 'not json 1:7', headers: { source: 'filebeat' } },
    ]);
  });
});

describe('originalTopic', () => {
  const config = ConfigSchema.parse({});
  it('takes either name, and nothing else', () => {
    expect(originalTopic(config, 'logs.app')).toBe('logs.app');
    expect(originalTopic(config, 'dlq.logs.app')).toBe('logs.app');
    expect(() => originalTopic(config, 'logs.nope')).toThrow(/there is no topic "logs.nope"/);
    expect(() => originalTopic(config, 'positions')).toThrow(/no topic/);
  });
});
