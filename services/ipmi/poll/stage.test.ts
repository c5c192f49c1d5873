import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readAll } from '#shared/bus/contract/harness.ts';
import type { Bus } from '#shared/bus/port.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { Metric, SelEvent, SelPosition } from '#shared/model/index.ts';
import { buses } from '#test/stack/buses.ts';
import { type PollObserver, PollsUnderWay, pollStage } from './index.ts';
import type { PollOptions } from './task.ts';
import { bmcs } from './testing/fleet.ts';
import { Logs, positionOf } from './testing/logs.ts';

const config = ConfigSchema.parse({});
const patience = { timeout: 40_000, interval: 100 };

const nobody: PollObserver = {
  started: () => undefined,
  ended: () => undefined,
  measured: () => undefined,
  listed: () => undefined,
  unreadable: () => undefined,
};

function optionsOf(over: Pick<PollOptions, 'inspect'> & Partial<PollOptions>): PollOptions {
  const servers = bmcs(5, { intervalSeconds: 0.1 });
  return {
    servers: () => servers,
    limits: [],
    underWay: new PollsUnderWay(),
    concurrency: 3,
    backoffMaxMs: 10_000,
    monotonic: () => performance.now(),
    random: Math.random,
    observer: nobody,
    ...over,
  };
}

async function setUp(bus: Bus): Promise<void> {
  const names = [topic.logs('ipmi'), topic.metrics('ipmi'), topic.positions];
  await bus.setup(topicSpecs(config).filter(({ name }) => names.some((one) => name.endsWith(one))));
}

/** Numbers of the events of each server, in the order in which they were published. */
async function eventsOf(bus: Bus): Promise<Map<string, number[]>> {
  const events = new Map<string, number[]>();
  for (const { value } of await readAll(bus, topic.logs('ipmi'))) {
    const event = SelEvent.parse(JSON.parse(String(value)));
    const server = event.observer.name;
    events.set(server, [...(events.get(server) ?? []), event.ipmi.record_id ?? 0]);
  }
  return events;
}

describe.each(buses)('polling on %s', (_, isSkipped, open) => {
  it.skipIf(isSkipped)(
    'publishes each event once and in order, while members die and others take over',
    async () => {
      const harness = await open();
      onTestFinished(() => harness.close());
      await setUp(harness.bus);
      const length = 60;
      const logs = new Logs(length);
      const servers = bmcs(5, { intervalSeconds: 0.1 });
      const stage = () => pollStage(optionsOf({ inspect: logs.inspect, servers: () => servers }));
      const published = async (): Promise<number> =>
        [...(await eventsOf(harness.bus)).values()].reduce((sum, { length: count }) => sum + count, 0);

      let current = await harness.join(stage());
      for (const share of [0.2, 0.5]) {
        await vi.waitUntil(async () => (await published()) > share * 5 * length, patience);
        const next = await harness.join(stage());
        await current.die();
        current = next;
      }
      const whole = new Map(
        servers.map(({ name }) => [name, Array.from({ length }, (_, index) => index + 1)]),
      );
      await vi.waitUntil(async () => (await published()) >= 5 * length, patience);
      const polls = logs.polls;
      await vi.waitUntil(() => logs.polls > polls + 10, patience);
      await current.member.stop();

      expect(await eventsOf(harness.bus)).toEqual(whole);
      const ends = new Map<string, number>();
      for (const { key, value } of await readAll(harness.bus, topic.positions))
        if (String(key).startsWith('ipmi:'))
          ends.set(String(key), SelPosition.parse(JSON.parse(String(value))).recordId);
      expect(ends).toEqual(new Map(servers.map(({ name }) => [`ipmi:${name}`, length])));
      expect(logs.mostOfAll).toBeLessThanOrEqual(2 * 3); // of the one that died, and of its successor
    },
    90_000,
  );

  it.skipIf(isSkipped)(
    'heeds the list at once, counts failures, and forgets positions that nobody needs',
    async () => {
      const harness = await open();
      onTestFinished(() => harness.close());
      await setUp(harness.bus);
      const writer = await harness.bus.writer('before');
      const [a, b, old] = bmcs(3, { intervalSeconds: 0.1 });
      if (!a || !b || !old) throw new Error('three');
      const long = { ...positionOf(old, 7), updatedAt: '2020-01-01T00:00:00.000Z' };
      const recent = { ...positionOf(a, 58), source: 'ipmi:recent' };
      await writer.write(
        [long, recent, positionOf(a, 58)].map((position) => ({
          topic: topic.positions,
          key: position.source,
          value: JSON.stringify(position),
        })),
      );
      await writer.close();

      const logs = new Logs(60);
      let servers: ReturnType<typeof bmcs> = [a];
      const ended: string[] = [];
      const running = Promise.withResolvers<void>();
      const stage = pollStage(
        optionsOf({
          servers: () => servers,
          inspect: async (request) => {
            if (request.bmc.name !== b.name) return logs.inspect(request);
            running.resolve();
            await new Promise<void>((resolve) =>
              request.signal.addEventListener('abort', () => resolve(), { once: true }),
            );
            ended.push(b.name);
            const { bmc } = request;
            const result = { outcome: 'unreachable', reason: 'ended' } as const;
            return { bmc, at: Date.now(), tookMs: 1, result, events: [], position: undefined, notes: [] };
          },
        }),
      );
      const { member } = await harness.join(stage);
      await vi.waitUntil(async () => (await eventsOf(harness.bus)).get(a.name)?.length === 2, patience);
      servers = [a, b];
      await running.promise;
      servers = [a];
      await vi.waitUntil(() => ended.length > 0, patience);
      await member.stop();

      expect((await eventsOf(harness.bus)).get(a.name)).toEqual([59, 60]);
      const last = new Map<string, Buffer | null>();
      for (const { key, value } of await readAll(harness.bus, topic.positions)) last.set(String(key), value);
      expect(last.get(`ipmi:${old.name}`)).toBeNull();
      expect(last.get('ipmi:recent')).not.toBeNull();
      const metrics = (await readAll(harness.bus, topic.metrics('ipmi'))).map(({ value }) =>
        Metric.parse(JSON.parse(String(value))),
      );
      expect(new Set(metrics.map(({ server }) => server))).toEqual(new Set([a.name]));
    },
    90_000,
  );
});
