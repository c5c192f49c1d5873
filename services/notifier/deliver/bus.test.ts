import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readAudit } from '#shared/audit/index.ts';
import type { Bus, Member } from '#shared/bus/port.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { type Config, ConfigSchema } from '#shared/config/index.ts';
import { openBus } from '#shared/lifecycle/open.ts';
import type { Message } from '#shared/model/index.ts';
import { type QueueReport, readMessage, readQueue, replayDead } from '#shared/queue/index.ts';
import { kafkaAddress } from '#test/stack/addresses.ts';
import { removeTopics } from '#test/stack/remove-topics.ts';
import type { Channel, Outgoing, SendOutcome } from '../channels/index.ts';
import { sampleMessage } from '../testing/sample.ts';
import { deliverStage } from './index.ts';

const logger = pino({ level: 'silent' });
const failed = (cause: 'retryable' | 'permanent', error: string): SendOutcome => ({
  kind: 'failed',
  cause,
  error,
});
const patience = { timeout: 20_000, interval: 50 };

describe.each(['embedded', 'kafka'])('an outbox on the %s bus', (kind) => {
  let folder: string;
  let prefix: string;
  let bus: Bus;
  let config: Config;
  let members: Member[];
  let received: Outgoing[];
  let answer: (outgoing: Outgoing) => Promise<SendOutcome>;

  beforeEach(async (test) => {
    test.skip(kind === 'kafka' && kafkaAddress() === undefined, 'no Kafka');
    prefix = `deliver-${process.pid}-${Date.now()}.`;
    members = [];
    received = [];
    answer = async () => ({ kind: 'sent' });
    folder = await mkdtemp(join(tmpdir(), 'logpatrol-deliver-'));
    config = ConfigSchema.parse({
      dataDir: folder,
      routes: { app: { partitions: 1 } },
      channels: { feishu: { type: 'webhook', webhook: 'http://127.0.0.1:9/', perMinute: 60 } },
      ...(kind === 'kafka' && { kafka: { brokers: [kafkaAddress()], prefix, sessionTimeoutSeconds: 6 } }),
    });
    bus = await openBus(config, { logger, observer: {}, name: 'test' });
    await bus.setup(topicSpecs(config));
  });
  afterEach(async () => {
    await Promise.all(members.map((member) => member.stop()));
    await bus?.close();
    await rm(folder, { recursive: true, force: true });
    const broker = kafkaAddress();
    if (kind === 'kafka' && broker !== undefined) await removeTopics(broker, prefix);
  });

  async function run(perMinute = 6000): Promise<Member> {
    const channel: Channel = {
      limits: { perSecond: 100, perMinute, inFlight: 1 },
      canUpdate: false,
      render: () => ({ kind: 'text', text: '' }),
      send: (outgoing) => {
        received.push(outgoing);
        return answer(outgoing);
      },
    };
    const member = await bus.run(
      deliverStage({
        name: 'feishu',
        channel,
        language: 'en',
        downAfterMs: 30_000,
        clock: Date.now,
        random: Math.random,
        observer: {
          delivery: () => {},
          repeat: () => {},
          unreadable: () => {},
          queue: () => {},
          channel: () => {},
          fallback: () => {},
        },
      }),
    );
    members.push(member);
    return member;
  }

  async function put(...messages: Message[]): Promise<void> {
    const writer = await bus.writer('test');
    const records = messages.map((message) => ({
      topic: topic.outbox('feishu'),
      partition: 0,
      key: message.groupId,
      value: JSON.stringify(message),
    }));
    await writer.write(records);
    await writer.close();
  }

  const read = (since = Date.now() - 60_000): Promise<QueueReport> =>
    readQueue(bus, config, { since, limit: 100, now: Date.now() });
  const stateOf = async (id: string) =>
    (await read()).messages.find((message) => message.incidentId === id)?.state;

  it('is told as it is, and what is dead can be put back, once', async () => {
    answer = async (outgoing) => {
      const id = outgoing.kind === 'card' ? outgoing.message.finding.id : '';
      if (id === 'bad') return failed('permanent', 'code 11246: bad card');
      return id === 'stuck' ? failed('retryable', 'no connection') : { kind: 'sent' };
    };
    await put(sampleMessage({ id: 'good' }), sampleMessage({ id: 'bad' }));
    await run();
    await vi.waitUntil(async () => (await stateOf('bad')) === 'dead', patience);
    await put(sampleMessage({ id: 'stuck' }));
    const { channels, messages } = await vi.waitUntil(async () => {
      const report = await read();
      // Between two attempts it is being sent for a moment.
      return report.channels[0]?.retrying === 1 && report;
    }, patience);
    expect(channels).toMatchObject([
      { channel: 'feishu', retrying: 1, dead: 1, sent: 1, waiting: 0, perMinute: 60 },
    ]);
    expect(channels[0]?.callsLastMinute).toBeGreaterThanOrEqual(3);
    expect(messages.find(({ state }) => state === 'dead')).toMatchObject({
      id: 'feishu:bad:1',
      reason: 'opened',
      service: 'order-api',
      attempts: 1,
      error: 'code 11246: bad card',
      cause: 'permanent',
    });
    const report = await readMessage(bus, config, 'feishu:bad:1');
    expect(report?.message?.finding.id).toBe('bad');
    expect(report?.deliveries.at(-1)).toMatchObject({ outcome: 'dead', attempt: 1 });
    expect(await readMessage(bus, config, 'feishu:nope:1')).toBeUndefined();

    const origin = { via: 'cli' } as const;
    const ask = { by: 'wang', origin, now: Date.now() };
    await expect(replayDead(bus, config, { ...ask, id: 'feishu:good:1' })).rejects.toThrow(/no dead message/);
    expect((await replayDead(bus, config, { ...ask, since: Date.now() + 1000 })).replayed).toEqual([]);
    answer = async () => ({ kind: 'sent' });
    expect((await replayDead(bus, config, ask)).replayed).toEqual([
      { id: 'feishu:bad:1', channel: 'feishu' },
    ]);
    await vi.waitUntil(async () => (await stateOf('bad')) === 'sent', patience);
    expect((await replayDead(bus, config, ask)).replayed).toEqual([]);
    expect(await readAudit(bus, logger, { limit: 10 })).toMatchObject([
      { action: 'queue.replay', by: { name: 'wang' }, via: 'cli', channel: 'feishu', note: 'feishu:bad:1' },
    ]);
  }, 60_000);

  it('a digest that an owner has begun is sent as the same by the next', async () => {
    const never = Promise.withResolvers<SendOutcome>();
    answer = () => never.promise;
    await put(
      ...Array.from({ length: 20 }, (_, index) => sampleMessage({ id: `w${index}`, severity: 'warning' })),
    );
    const first = await run(10);
    await vi.waitUntil(() => received.some((outgoing) => outgoing.kind === 'digest'), patience);
    const open = await read();
    expect(open.messages.filter(({ digestId }) => digestId !== undefined)).toHaveLength(20);
    // The far side has it, and its answer is heard by nobody.
    await first.stop();
    answer = async () => ({ kind: 'sent' });
    await run(10);
    await vi.waitUntil(async () => (await read()).channels[0]?.digested === 20, patience);
    const digests = received.flatMap((outgoing) => (outgoing.kind === 'digest' ? outgoing.digest : []));
    expect(digests).toHaveLength(2);
    expect(digests[1]).toEqual(digests[0]);
    const report = await readMessage(bus, config, digests[0]?.id ?? '');
    expect(report?.members).toHaveLength(20);
    expect((await read()).channels).toMatchObject([{ waiting: 0, sending: 0, retrying: 0, dead: 0 }]);
    never.resolve({ kind: 'sent' });
  }, 90_000);
});
