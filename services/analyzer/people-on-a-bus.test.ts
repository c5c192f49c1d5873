import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { BusHarness } from '#shared/bus/contract/harness.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { type ActionSignal, Finding, type Signal } from '#shared/model/index.ts';
import { sampleHit } from '#test/samples/hit.ts';
import { buses } from '#test/stack/buses.ts';
import { correlateStage } from './correlate/index.ts';
import { reasonStage } from './reason/index.ts';

const config = ConfigSchema.parse({ routes: {}, channels: {} });
const wang = { id: 'wang', name: '王芳' };

async function newest(harness: BusHarness): Promise<Finding | undefined> {
  let finding: Finding | undefined;
  for await (const { value } of harness.bus.read(topic.findings))
    if (value !== null) finding = Finding.parse(JSON.parse(value.toString('utf8')));
  return finding;
}

describe.each(buses)('what people do, on %s', (_, isSkipped, open) => {
  it.skipIf(isSkipped)(
    'is on the finding, once, also where a member dies in between and the action comes again',
    async () => {
      const harness = await open();
      onTestFinished(() => harness.close());
      const names: string[] = [topic.signals, topic.incidents, topic.findings];
      await harness.bus.setup(
        topicSpecs(config).filter(({ name }) => names.some((one) => name.endsWith(one))),
      );
      const join = async () =>
        Promise.all([harness.join(correlateStage({ config })), harness.join(reasonStage({ config }))]);
      const first = await join();
      const writer = await harness.bus.writer('signals-of-a-test');
      const write = (...signals: Signal[]) =>
        writer.write(
          signals.map((signal) => ({
            topic: topic.signals,
            key: null,
            partition: 0,
            value: JSON.stringify(signal),
          })),
        );
      const told = async (expected: Partial<Finding>): Promise<Finding> =>
        vi.waitFor(
          async () => {
            const finding = await newest(harness);
            expect(finding).toMatchObject(expected);
            if (finding === undefined) throw new Error('no finding');
            return finding;
          },
          { timeout: 30_000, interval: 100 },
        );
      const act = (action: ActionSignal['action'], incidentId: string): ActionSignal => ({
        ...{ kind: 'action', id: `event-${action}`, domain: 'default', incidentId, action },
        ...{ by: wang, at: new Date().toISOString() },
      });

      await write(sampleHit({ at: Date.now() }));
      const { id } = await told({ state: 'open', revision: 1 });
      const acknowledge = act('acknowledge', id);
      await write(acknowledge);
      await told({ state: 'acknowledged', assignee: wang, revision: 2, materialRevision: 1 });

      await Promise.all(first.map((one) => one.die()));
      await join();
      const resolve = act('resolve', id);
      await write(acknowledge, resolve, resolve, act('acknowledge', '0-unknown-1'));
      const resolved = await told({ state: 'resolved', resolvedBy: 'person' });
      expect(resolved.history?.map(({ id: event }) => event)).toEqual([acknowledge.id, resolve.id]);
      expect(resolved.revision).toBe(3);

      // A line that was under way counts, and one that comes now reopens it.
      await write(sampleHit({ at: Date.parse(resolve.at) - 1 }), sampleHit({ at: Date.now() }));
      const reopened = await told({ state: 'open', count: 3, openings: 2 });
      expect(reopened).not.toHaveProperty('acknowledged');
      await writer.close();
    },
    90_000,
  );
});
