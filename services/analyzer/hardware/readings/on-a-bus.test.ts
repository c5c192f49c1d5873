import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { BusHarness } from '#shared/bus/contract/harness.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { Signal } from '#shared/model/index.ts';
import { buses } from '#test/stack/buses.ts';
import { MachineRecord } from './machine.ts';
import { readingsStage } from './stage.ts';
import { configOf, poll } from './testing/machines.ts';

const config = configOf({ hardware: { partitions: 1 } });
const limits = { upperWarning: 65, upperCritical: 80 };

async function read<T>(harness: BusHarness, name: string, parse: (value: unknown) => T): Promise<T[]> {
  const found: T[] = [];
  for await (const { value } of harness.bus.read(name))
    if (value !== null) found.push(parse(JSON.parse(value.toString('utf8'))));
  return found;
}

describe.each(buses)('readings on %s', (_, isSkipped, open) => {
  it.skipIf(isSkipped)(
    'are judged once each, though their owner dies with readings that no state has',
    async () => {
      const harness = await open();
      onTestFinished(() => harness.close());
      const names = [
        topic.metrics('ipmi'),
        topic.hardware('ipmi'),
        topic.signals,
        `dlq.${topic.metrics('ipmi')}`,
      ];
      await harness.bus.setup(topicSpecs(config).filter(({ name }) => names.includes(name)));
      const stage = readingsStage({ source: 'ipmi', config });
      const first = await harness.join(stage);
      await vi.waitUntil(() => first.member.active().length > 0, { timeout: 20_000 });
      const writer = await harness.bus.writer('polls-of-a-test');
      const began = Date.now() - 60_000;
      let polls = 0;
      const send = async (value: number, server = 'web-1') => {
        const metrics = poll(began + 1000 * polls++, [{ sensor: 'CPU Temp', value, thresholds: limits }], {
          server,
        });
        await writer.write(
          metrics.map((metric) => ({
            topic: topic.metrics('ipmi'),
            partition: 0,
            key: metric.host,
            value: JSON.stringify(metric),
          })),
        );
      };
      const told = async () =>
        (await read(harness, topic.signals, (value) => Signal.parse(value))).map((signal) =>
          signal.kind === 'hit' ? `${signal.rule} ${signal.severity} ${signal.count}` : signal.kind,
        );
      // Of the first machine a warning waits for its second poll, and no state says so.
      await send(70);
      await send(90, 'web-2');
      await vi.waitUntil(async () => (await told()).length === 1, { timeout: 20_000, interval: 100 });
      await first.die();
      await harness.join(stage);
      await send(70);
      const expected = ['hardware.reading-temperature critical 1', 'hardware.reading-temperature warning 1'];
      await vi.waitFor(async () => expect(await told()).toEqual(expected), {
        timeout: 40_000,
        interval: 200,
      });
      await send(40);
      await send(40);
      await vi.waitFor(async () => expect(await told()).toEqual([...expected, 'clear']), {
        timeout: 20_000,
        interval: 100,
      });
      const states = await read(harness, topic.hardware('ipmi'), (value) => MachineRecord.parse(value));
      expect(states.at(-1)).toMatchObject({ server: 'web-1', open: {}, sensors: [{ streak: { ok: 4 } }] });
    },
    90_000,
  );
});
