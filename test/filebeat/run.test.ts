import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerCodecs } from '#shared/bus/kafka/codecs.ts';
import { fieldOf } from '#shared/text/field.ts';
import { logId } from '#shared/text/log-id.ts';
import { kafkaAddress } from '#test/stack/addresses.ts';
import { removeTopics } from '#test/stack/remove-topics.ts';
import { shipped } from '#test/stand-ins/filebeat/index.ts';
import { inputNamed } from './configuration.ts';
import { type RealFilebeat, realFilebeat } from './real-filebeat.ts';
import { samples } from './samples.ts';

const program = process.env.LOGPATROL_TEST_FILEBEAT;
const broker = kafkaAddress();
if (program === undefined)
  console.warn('LOGPATROL_TEST_FILEBEAT names no Filebeat: that a real one ships as we think is not tested.');

interface Seen {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | undefined;
  readonly event: object;
  readonly bytes: number;
  /** When it was read, in milliseconds since the epoch. */
  readonly at: number;
}

/** Reads the topics of a run from their beginning, for as long as the test takes. */
async function reader(config: KafkaConfig, prefix: string) {
  await registerCodecs();
  const kafka = new Kafka({ logLevel: logLevel.NOTHING, ...config });
  const topics = ['app', 'syslog', 'nginx'].map((type) => `${prefix}logs.${type}`);
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = [{ name: 'max.message.bytes', value: String(4 * 1024 * 1024) }];
  await admin.createTopics({
    topics: topics.map((topic) => ({ topic, numPartitions: 4, configEntries })),
  });
  await admin.disconnect();
  const consumer = kafka.consumer({ groupId: `${prefix}reader`, maxBytesPerPartition: 8 * 1024 * 1024 });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  const seen: Seen[] = [];
  await consumer.run({
    eachMessage: async ({ topic, partition, message: { key, value } }) => {
      const event: unknown = JSON.parse(value?.toString() ?? '');
      if (typeof event !== 'object' || event === null) throw new Error('not an event');
      const bytes = value?.length ?? 0;
      seen.push({ topic, partition, key: key?.toString(), event, bytes, at: Date.now() });
    },
  });
  return { seen, stop: () => consumer.disconnect() };
}

const message = (event: object): string => String(fieldOf(event, 'message') ?? '');
const dense = (text: string) => text.replaceAll(/\n+/g, '\n').replace(/\n$/, '');

describe.skipIf(program === undefined || broker === undefined)('a real Filebeat', () => {
  const prefix = `filebeat-${randomBytes(4).toString('hex')}.`;
  const brokers = [broker ?? ''];
  let filebeat: RealFilebeat;
  let topics: Awaited<ReturnType<typeof reader>>;

  const environment = {
    KAFKA_BROKERS: `${broker},127.0.0.1:1`,
    KAFKA_TOPIC_PREFIX: prefix,
    FILEBEAT_HOST: 'web-1',
    FILEBEAT_SYSLOG_UDP: 'false',
  };
  const fromFile = (path: string) =>
    topics.seen.filter(({ event }) => fieldOf(event, 'log', 'file', 'path') === filebeat.pathOf(path));

  beforeAll(async () => {
    filebeat = realFilebeat(program ?? '');
    topics = await reader({ brokers }, prefix);
    for (const { path, content } of samples) await filebeat.write(path, content);
    filebeat.start(environment);
    await vi
      .waitUntil(() => topics.seen.length > 0, { timeout: 20_000 })
      .catch(() => expect.fail(`nothing came; Filebeat says: ${filebeat.log()}`));
  });
  afterAll(async () => {
    await filebeat?.stop('SIGTERM');
    await topics?.stop();
    filebeat?.remove();
    await removeTopics(broker ?? '', prefix);
  });

  it.each(samples)('$name: ships what the stand-in says', async ({ input: name, path, content, events }) => {
    await vi.waitUntil(() => fromFile(path).length >= events.length, { timeout: 30_000, interval: 50 });
    const seen = fromFile(path);
    const input = inputNamed(name);
    const source = { host: 'web-1', path: filebeat.pathOf(path), readAt: new Date() };
    const stated = shipped(input, content, source);
    // Of one file, in order, on one partition.
    expect(new Set(seen.map(({ topic, partition }) => `${topic}/${partition}`)).size).toBe(1);
    expect(seen.map(({ topic, key }) => [topic, key])).toEqual(
      events.map(() => [`${prefix}logs.${input.fields.log_type}`, 'web-1']),
    );
    const comparable = (event: object) => ({
      ...event,
      '@metadata': undefined,
      '@timestamp': undefined,
      message: fieldOf(event, 'message') === undefined ? undefined : dense(message(event)),
    });
    expect(seen.map(({ event }) => comparable(event))).toMatchObject(stated.map(comparable));
    for (const { event } of seen)
      for (const field of ['agent', 'ecs', 'input', 'docker', 'stream'])
        expect(event).not.toHaveProperty(field);
  });

  it('cuts what is too large, and has nothing refused', async () => {
    await filebeat.write('/var/log/apps/dump.log', `${'x'.repeat(3_000_000)}\n`);
    // GBK, which is no UTF-8: each byte takes six in JSON.
    await filebeat.write(
      '/var/log/apps/gbk.log',
      Buffer.concat([Buffer.alloc(1_000_000, 0xff), Buffer.from('\n')]),
    );
    const files = ['/var/log/apps/dump.log', '/var/log/apps/gbk.log'];
    await vi.waitUntil(() => files.every((path) => fromFile(path).length > 0), { timeout: 20_000 });
    for (const { event, bytes } of files.flatMap(fromFile)) {
      expect(Buffer.byteLength(message(event))).toBeGreaterThan(600_000);
      expect(bytes).toBeLessThan(4_000_000);
      expect(fieldOf(event, 'log', 'flags')).toContain('truncated');
    }
    expect(filebeat.log()).not.toMatch(/dropped|too large/i);
  });

  it('ships a line of a quiet file within three seconds', async () => {
    const path = '/var/log/apps/quiet.log';
    await filebeat.write(path, '2026-11-21T01:47:06Z INFO begins\n');
    await vi.waitUntil(() => fromFile(path).length === 1, { timeout: 10_000 });
    const delays: number[] = [];
    for (let line = 2; line < 6; line += 1) {
      const written = Date.now();
      await filebeat.write(path, `2026-11-21T01:47:06Z ERROR line ${line}\n`);
      await vi.waitUntil(() => fromFile(path).length === line, { timeout: 10_000, interval: 10 });
      delays.push((fromFile(path).at(-1)?.at ?? 0) - written);
    }
    console.info(`a line of a quiet file is in Kafka after ${delays.join(', ')} ms`);
    expect(Math.max(...delays)).toBeLessThan(3_000);
  });

  it('ships a line again after a crash, with the same document id', async () => {
    const path = '/var/log/apps/busy.log';
    const lines = 20_000;
    const text = Array.from(
      { length: lines },
      (_, i) => `2026-11-21T01:47:06Z INFO request ${i} served\n`,
    ).join('');
    await filebeat.write(path, text);
    await vi.waitUntil(() => fromFile(path).length > 0, { timeout: 20_000, interval: 5 });
    await filebeat.stop('SIGKILL');
    filebeat.start(environment);
    const numbers = () => new Set(fromFile(path).map(({ event }) => message(event)));
    await vi.waitUntil(() => numbers().size === lines, { timeout: 40_000, interval: 100 });
    const ids = fromFile(path).map(({ event, topic, partition }) =>
      logId(event, { topic, partition, offset: 0, value: null }),
    );
    expect(new Set(ids).size).toBe(lines);
    const bytes = fromFile(path).reduce((sum, seen) => sum + seen.bytes, 0) / ids.length;
    console.info(
      `${Math.round(bytes - text.length / lines)} bytes around a line; ${ids.length - lines} of ${lines} twice`,
    );
    expect(bytes - text.length / lines).toBeLessThan(300);
  });
});

describe.skipIf(program === undefined)('start.sh', () => {
  let filebeat: RealFilebeat;
  afterEach(async () => {
    await filebeat.stop('SIGTERM');
    filebeat.remove();
  });

  it('says which password is missing', async () => {
    filebeat = realFilebeat(program ?? '');
    filebeat.start({ KAFKA_USERNAME: 'filebeat', KAFKA_PASSWORD_FILE: '/nowhere/password' });
    await vi.waitUntil(() => filebeat.log().includes('set KAFKA_PASSWORD_FILE'), { timeout: 5_000 });
    expect(hostname()).not.toBe('');
  });
});
