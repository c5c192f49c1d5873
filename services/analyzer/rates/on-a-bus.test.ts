import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { BusHarness } from '#shared/bus/contract/harness.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { Baseline, type Counts, Incident } from '#shared/model/index.ts';
import { buses } from '#test/stack/buses.ts';
import { correlateStage } from '../correlate/index.ts';
import { ratesSource } from './index.ts';
import { type Lines, minuteMs } from './testing/traffic.ts';

const config = ConfigSchema.parse({ routes: {}, channels: {}, rates: { historyHours: 1 } });

/** Two hours of a service, of which the last is now. */
const minutes = 120;

async function newest<T>(
  harness: BusHarness,
  name: string,
  parse: (value: unknown) => T,
): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  for await (const { key, value } of harness.bus.read(name)) {
    const id = key?.toString('utf8') ?? '';
    if (value === null) found.delete(id);
    else found.set(id, parse(JSON.parse(value.toString('utf8'))));
  }
  return found;
}

describe.each(buses)('correlate with rates on %s', (_, isSkipped, open) => {
  it.skipIf(isSkipped)(
    'keeps every line of both states over a takeover, and tells of what is unusual to the history of both owners',
    async () => {
      const harness = await open();
      onTestFinished(() => harness.close());
      const names: string[] = [topic.signals, topic.incidents, topic.baselines];
      await harness.bus.setup(
        topicSpecs(config).filter(({ name }) => names.some((one) => name.endsWith(one))),
      );
      const metrics = new Registry();
      const sources = [ratesSource({ config, metrics, domainOf: () => 'default' })];
      const stage = correlateStage({ config, sources });
      expect(stage.state).toEqual(['incidents', 'baselines']);
      const first = await harness.join(stage);
      await vi.waitUntil(() => first.member.active().length > 0, { timeout: 20_000 });

      const now = Math.floor(Date.now() / minuteMs) * minuteMs;
      const writer = await harness.bus.writer('counts-of-a-test');
      const send = async (from: number, to: number, lines: (minute: number) => Lines[]) => {
        for (let minute = from; minute < to; minute++) {
          const counts: Counts = {
            kind: 'counts',
            id: `c-${minute}`,
            domain: 'default',
            type: 'app',
            arrivedAt: new Date().toISOString(),
            sampling: 1,
            otherCount: 0,
            entries: lines(minute).map(({ service = 'shop', ...line }) => ({
              ...{ service, minute: now + (minute - minutes) * minuteMs },
              ...line,
            })),
          };
          await writer.write([
            { topic: topic.signals, partition: 0, key: 'counts', value: JSON.stringify(counts) },
          ]);
        }
      };
      const usual = (): Lines[] => [{ masked: 'request served', count: 10 }];
      await send(0, 60, usual);
      const total = async () => {
        const all = await newest(harness, topic.baselines, (value) => Baseline.parse(value));
        return [...all.values()].find(({ template }) => template?.text === 'request served')?.total;
      };
      await vi.waitUntil(async () => (await total()) === 600, { timeout: 30_000, interval: 200 });

      await harness.join(stage);
      await first.member.stop();
      await send(60, minutes, (minute) => [
        { masked: 'request served', count: minute < minutes - 5 ? 10 : 100 },
        ...(minute === minutes - 1
          ? [{ masked: 'valve broken', count: 1, severity: 'warning' as const }]
          : []),
      ]);
      await vi.waitFor(
        async () => {
          const incidents = await newest(harness, topic.incidents, (value) => Incident.parse(value));
          expect([...incidents.values()].map(({ rule, severity }) => `${rule} ${severity}`).sort()).toEqual([
            'rates.new warning',
            'rates.spike info',
          ]);
          expect(await total()).toBe(600 + 550 + 500);
        },
        { timeout: 40_000, interval: 200 },
      );
      // Told of at the next tick.
      await vi.waitFor(
        async () =>
          expect(await metrics.metrics()).toContain(
            'logpatrol_rates_services{domain="default",state="judged"} 1',
          ),
        { timeout: 10_000 },
      );
      expect(await metrics.metrics()).toContain(
        'logpatrol_rates_hits_total{domain="default",rule="rates.new"} 1',
      );
    },
    90_000,
  );
});
