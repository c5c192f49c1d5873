import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { BusHarness, Participant } from '#shared/bus/contract/harness.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { Finding, type Hit } from '#shared/model/index.ts';
import { sampleHit } from '#test/samples/hit.ts';
import { buses } from '#test/stack/buses.ts';
import { correlateStage } from '../correlate/index.ts';
import { reasonStage } from './stage.ts';

const config = ConfigSchema.parse({ routes: {}, channels: {} });

const rounds = 60;
const fingerprints = Array.from({ length: 25 }, (_, index) => `fingerprint-${index}`);

/** The newest finding of each incident, and how many revisions came out of order or twice. */
async function findings(harness: BusHarness): Promise<{ newest: Map<string, Finding>; disordered: number }> {
  const newest = new Map<string, Finding>();
  let disordered = 0;
  for await (const record of harness.bus.read(topic.findings)) {
    if (record.value === null) continue;
    const finding = Finding.parse(JSON.parse(record.value.toString('utf8')));
    if (finding.revision <= (newest.get(finding.id)?.revision ?? 0)) disordered += 1;
    newest.set(finding.id, finding);
  }
  return { newest, disordered };
}

describe.each(buses)('correlate and reason on %s', (_, isSkipped, open) => {
  it.skipIf(isSkipped)(
    'count exactly, one finding an incident, while members die and take over',
    async () => {
      const harness = await open();
      onTestFinished(() => harness.close());
      const names: string[] = [topic.signals, topic.incidents, topic.findings];
      await harness.bus.setup(
        topicSpecs(config).filter(({ name }) => names.some((one) => name.endsWith(one))),
      );
      const join = async (): Promise<Participant[]> =>
        Promise.all([harness.join(correlateStage({ config })), harness.join(reasonStage({ config }))]);
      const first = await join();
      await vi.waitUntil(() => first.every(({ member }) => member.active().length > 0), { timeout: 20_000 });
      await join();

      const writer = await harness.bus.writer('signals-of-a-test');
      const expected = new Map<string, number>();
      for (let round = 0; round < rounds; round++) {
        const hits = fingerprints.map((fingerprint, index): Hit => {
          const count = 1 + ((round + index) % 7);
          expected.set(fingerprint, (expected.get(fingerprint) ?? 0) + count);
          return sampleHit({ fingerprint, count, at: Date.now() });
        });
        await writer.write(
          hits.map((hit) => ({
            topic: topic.signals,
            key: hit.fingerprint,
            partition: 0,
            value: JSON.stringify(hit),
          })),
        );
        // Two thirds of the load come while nobody is at work, or the successor.
        if (round === rounds / 3) await Promise.all(first.map((one) => one.die()));
      }
      await writer.close();

      await vi.waitFor(
        async () => {
          const { newest } = await findings(harness);
          const counts = [...newest.values()].map(({ fingerprint, count }) => [fingerprint, count]);
          expect(new Map(counts.map(([fingerprint, count]) => [fingerprint, count]))).toEqual(expected);
        },
        { timeout: 40_000, interval: 500 },
      );
      const { newest, disordered } = await findings(harness);
      expect(newest.size).toBe(fingerprints.length);
      expect(disordered).toBe(0);
    },
    90_000,
  );
});
