import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { BusHarness } from '#shared/bus/contract/harness.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { type Clear, type Hit, Incident } from '#shared/model/index.ts';
import { sampleTime } from '#test/samples/hit.ts';
import { buses } from '#test/stack/buses.ts';
import { correlateStage } from './stage.ts';
import { clearOf, hitOf } from './testing/subject.ts';

const config = ConfigSchema.parse({ routes: {}, channels: {}, incidents: { oldAfterMinutes: 525_600 } });
const minute = 60_000;
const threshold = { count: 5, windowMs: minute, by: 'host' };
/** Long ago enough for event time to be no matter of the clock's. */
const origin = Date.now() - sampleTime - 10 * minute;

const fingerprints = Array.from({ length: 12 }, (_, index) => `fingerprint-${index}`);

async function incidents(harness: BusHarness): Promise<Map<string, Incident>> {
  const newest = new Map<string, Incident>();
  for await (const record of harness.bus.read(topic.incidents)) {
    const key = record.key?.toString('utf8') ?? '';
    if (record.value === null) newest.delete(key);
    else if (key.startsWith('0-')) newest.set(key, Incident.parse(JSON.parse(record.value.toString('utf8'))));
  }
  return newest;
}

describe.each(buses)('thresholds and clears on %s', (_, isSkipped, open) => {
  it.skipIf(isSkipped)(
    'are exact while members die and take over',
    async () => {
      const harness = await open();
      onTestFinished(() => harness.close());
      const names: string[] = [topic.signals, topic.incidents];
      await harness.bus.setup(
        topicSpecs(config).filter(({ name }) => names.some((one) => name.endsWith(one))),
      );
      const first = await harness.join(correlateStage({ config }));
      await vi.waitUntil(() => first.member.active().length > 0, { timeout: 20_000 });

      const writer = await harness.bus.writer('signals-of-a-test');
      const write = (signals: readonly (Hit | Clear)[]) =>
        writer.write(
          signals.map((signal) => ({
            topic: topic.signals,
            key: null,
            partition: 0,
            value: JSON.stringify(signal),
          })),
        );
      // One line a round: fingerprint n gets n lines of each of two hosts, so that from the fifth on the threshold is reached.
      for (let round = 0; round < fingerprints.length; round++) {
        const hits = fingerprints.flatMap((fingerprint, lines) =>
          round < lines
            ? ['a', 'b'].map((host) =>
                hitOf([{ at: origin + round * 1000, host }], { fingerprint, threshold, rule: `r-${lines}` }),
              )
            : [],
        );
        await write(hits);
        if (round === 2) {
          await vi.waitUntil(async () => (await incidents(harness)).size > 8, { timeout: 20_000 });
          await first.die();
          await harness.join(correlateStage({ config }));
        }
      }
      // Both hosts of every other failure are well again.
      const isWell = (lines: number) => lines % 2 === 0;
      await write(
        fingerprints.flatMap((_, lines) =>
          isWell(lines)
            ? ['a', 'b'].map((host) =>
                clearOf('resolved-by', { [host]: origin + minute }, { rule: `r-${lines}` }),
              )
            : [],
        ),
      );
      await writer.close();

      const expected = fingerprints.flatMap((fingerprint, lines) => {
        if (lines === 0) return [];
        if (lines < 5) return [[fingerprint, 'pending', 0]];
        return [[fingerprint, isWell(lines) ? 'resolved' : 'open', 2 * lines]];
      });
      await vi.waitFor(
        async () => {
          const found = [...(await incidents(harness)).values()];
          expect(found.map(({ fingerprint, state, count }) => [fingerprint, state, count])).toEqual(
            expect.arrayContaining(expected),
          );
          expect(found).toHaveLength(expected.length);
        },
        { timeout: 30_000, interval: 300 },
      );
    },
    60_000,
  );
});
