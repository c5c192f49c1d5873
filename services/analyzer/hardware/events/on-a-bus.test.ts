import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { BusHarness } from '#shared/bus/contract/harness.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { Signal } from '#shared/model/index.ts';
import { buses } from '#test/stack/buses.ts';
import type { ArrivedEvent } from './fold.ts';
import { hardwareEventsStage } from './stage.ts';
import { HostEvents } from './state.ts';
import { config, eventOf, rules, said } from './testing/bmc.ts';

const quick = { ...config, hardware: { ...config.hardware, healSeconds: 0 } };
const hosts = Array.from({ length: 12 }, (_, index) => `host-${index}`);
const rounds = 6;

/** What was told of each host: how many hits of what happens, and whether what stays was told and ended. */
async function toldOf(harness: BusHarness): Promise<Map<string, string>> {
  const counts = new Map<string, { happened: number; begun: number; ended: number }>();
  for await (const { value } of harness.bus.read(topic.signals)) {
    const signal = Signal.parse(JSON.parse(String(value)));
    if (signal.kind !== 'hit' && signal.kind !== 'clear') continue;
    const host = signal.captures?.host ?? '';
    const known = counts.get(host) ?? { happened: 0, begun: 0, ended: 0 };
    if (signal.kind === 'clear') known.ended += 1;
    else if (signal.rule === 'hardware.memory-uncorrectable') known.happened += signal.count;
    else known.begun += signal.count;
    counts.set(host, known);
  }
  return new Map(
    [...counts].map(([host, { happened, begun, ended }]) => [host, `${happened} ${begun} ${ended}`]),
  );
}

describe.each(buses)('events of BMCs on %s', (_, isSkipped, open) => {
  it.skipIf(isSkipped)(
    'are told exactly once while members die and take over, and remembered by who comes next',
    async () => {
      const harness = await open();
      onTestFinished(() => harness.close());
      const names = [topic.logs('ipmi'), topic.signals, topic.hardware('events')];
      await harness.bus.setup(
        topicSpecs(quick).filter(({ name }) => names.some((one) => name.endsWith(one))),
      );
      const stage = hardwareEventsStage({ config: quick, rules });
      const first = await harness.join(stage);
      await vi.waitUntil(() => first.member.active().length > 0, { timeout: 20_000 });
      const writer = await harness.bus.writer('events-of-a-test');
      const origin = Date.now() - 10_000;
      const write = (events: readonly ArrivedEvent[]) =>
        writer.write(
          events.map(({ event }) => ({
            ...{ topic: topic.logs('ipmi'), key: event.host.name, value: JSON.stringify(event) },
          })),
        );
      // Each round something happens everywhere; a drive of every host fails in the first and is mended in the last, but of some.
      for (let round = 0; round < rounds; round++) {
        const at = origin + round * 1000;
        await write(
          hosts.flatMap((host, index) => {
            const record = 10 * round;
            const happened = eventOf(said.uncorrectable, { at, record: record + 1, host });
            if (round === 0) return [happened, eventOf(said.driveFault, { at, record: record + 2, host })];
            const isMended = round === rounds - 1 && index % 2 === 0;
            if (!isMended) return [happened];
            return [happened, eventOf(said.driveFault, { at, record: record + 2, host, isOver: true })];
          }),
        );
        if (round === 2) {
          await vi.waitUntil(async () => (await toldOf(harness)).size === hosts.length, { timeout: 20_000 });
          await first.die();
          await harness.join(stage);
        }
      }
      await writer.close();
      const expected = new Map(hosts.map((host, index) => [host, `${rounds} 1 ${index % 2 === 0 ? 1 : 0}`]));
      await vi.waitFor(async () => expect(await toldOf(harness)).toEqual(expected), {
        timeout: 40_000,
        interval: 300,
      });
      const kept = new Map<string, HostEvents>();
      for await (const { key, value } of harness.bus.read(topic.hardware('events')))
        if (value !== null && hosts.includes(String(key)))
          kept.set(String(key), HostEvents.parse(JSON.parse(value.toString('utf8'))));
      expect([...kept.keys()].sort()).toEqual([...hosts].sort());
      const standing = [...kept].filter(([, { sensors }]) =>
        sensors.some(({ faults }) =>
          faults.some((fault) =>
            fault.standing.some(({ code }) => code === '6f:1' && fault.family === 'hardware.drive-fault'),
          ),
        ),
      );
      expect(standing.map(([host]) => host).sort()).toEqual(
        hosts.filter((_, index) => index % 2 === 1).sort(),
      );
    },
    90_000,
  );
});
