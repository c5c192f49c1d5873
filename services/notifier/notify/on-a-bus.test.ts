import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { openEmbeddedBus } from '#shared/bus/embedded.ts';
import { TestBuses } from '#shared/bus/kafka/test-bus.ts';
import type { Bus, Member } from '#shared/bus/port.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { type Finding, Group, Message } from '#shared/model/index.ts';
import { kafkaAddress } from '#test/stack/addresses.ts';
import { sampleFinding } from '../testing/sample.ts';
import { notifyStage } from './index.ts';

const address = kafkaAddress();
/** The window is three seconds. */
const config = ConfigSchema.parse({
  channels: { bot: { type: 'console' } },
  routing: { groupMinutes: 0.05, escalate: [{ afterMinutes: 0.1 }] },
});
const specs = topicSpecs(config).filter(({ name }) => /^(?:findings|groups|outbox\.bot|dlq\..*)$/.test(name));
const within = { timeout: 20_000, interval: 50 };

function runOn(bus: Bus): Promise<Member> {
  return bus.run(
    notifyStage({
      config,
      canUpdate: () => false,
      preferences: () => new Map(),
      onMessage: () => {},
      onUntold: () => {},
      onUnreadable: (why) => {
        throw new Error(why);
      },
    }),
  );
}

/** A card with two, of which the successor of who began it tells at the window's end, and later that nobody takes it on. */
async function tellOverATakeover(bus: Bus): Promise<void> {
  await bus.setup(specs);
  const writer = await bus.writer('test');
  const find = (...findings: Partial<Finding>[]) =>
    writer.write(
      findings.map((over) => {
        const finding = sampleFinding(over);
        return { topic: topic.findings, partition: 0, key: finding.id, value: JSON.stringify(finding) };
      }),
    );
  const said = async (): Promise<string[]> => {
    const all: string[] = [];
    for await (const { value } of bus.read(topic.outbox('bot'))) {
      const { id, reason, finding, others = [] } = Message.parse(JSON.parse(String(value)));
      all.push([id, reason, finding.id, ...others.map((other) => other.id)].join(' '));
    }
    return all;
  };
  const first = await runOn(bus);
  await find({ id: 'a' }, { id: 'b' });
  await vi.waitFor(async () => {
    const groups: Group[] = [];
    for await (const { value } of bus.read(topic.groups))
      if (value !== null) groups.push(Group.parse(JSON.parse(value.toString())));
    expect(groups.at(-1)?.members.map(({ incidentId }) => incidentId)).toEqual(['a', 'b']);
  }, within);
  await first.stop();
  const second = await runOn(bus);
  await vi.waitFor(
    async () =>
      expect(await said()).toEqual(['bot:a:1 opened a', 'bot:a:2 joined a b', 'bot:a:3 unacknowledged a b']),
    within,
  );
  const over = { revision: 2, state: 'resolved' } as const;
  await find({ id: 'a', ...over }, { id: 'b', ...over });
  await vi.waitFor(async () => expect((await said()).at(-1)).toBe('bot:a:4 resolved a b'), within);
  await second.stop();
  await writer.close();
}

describe('over a takeover a card loses none of its findings', () => {
  it('on the embedded bus', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'logpatrol-notify-'));
    const bus = await openEmbeddedBus({ dataDir: folder, maxBytes: 1e8, logger: pino({ level: 'silent' }) });
    try {
      await tellOverATakeover(bus);
    } finally {
      await bus.close();
      await rm(folder, { recursive: true });
    }
  });

  it.skipIf(address === undefined)('on Kafka', { timeout: 60_000 }, async () => {
    const buses = new TestBuses(address ?? '');
    try {
      await tellOverATakeover(await buses.open());
    } finally {
      await buses.close();
    }
  });
});
