import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { topic } from '#shared/bus/topics.ts';
import { type ChannelKind, channelOf, doubledOf } from '#test/bench/alerts/channels.ts';
import { stormOf } from '#test/bench/alerts/findings.ts';
import { createNotifiers, type Notifier, type Notifiers, untilActive } from '#test/integrity/notifiers.ts';
import { requestsOf, type SentRequest, Told } from '#test/integrity/told.ts';
import { kafkaAddress } from '#test/stack/addresses.ts';
import { FeishuProcess } from '#test/stand-ins/feishu/index.ts';

const kafka = kafkaAddress();
const patience = { timeout: 45_000, interval: 50 };
const secret = 'a-signing-secret';

/** How long the channel may be silent when its sender is gone. */
const takeoverMs = 15_000;

describe.skipIf(kafka === undefined).each([
  // A custom bot cannot be asked what it has: the message in flight can repeat, at each of the two harms.
  { channel: 'feishu', mostRepeats: 2 },
  // An app's messages have a uuid.
  { channel: 'feishu-app', mostRepeats: 0 },
] as const satisfies { channel: ChannelKind; mostRepeats: number }[])(
  'two notifiers on real Kafka, to $channel',
  ({ channel, mostRepeats }) => {
    it('the other goes on when the one that sends is killed, or stalled past its session, and nothing is lost', {
      timeout: 90_000,
    }, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'logpatrol-takeover-'));
      const feishu = await FeishuProcess.start({ secret, limits: 'unlimited' });
      // A call takes some time, so that nearly always one is under way when its sender is harmed.
      await feishu.misbehave({ kind: 'slow', ms: 20 });
      const notifiers = await createNotifiers({
        kafkaAddress: kafka ?? '',
        name: `takeover-${process.pid}-${channel}`,
        folder,
        settings: {
          ...(await channelOf(channel, feishu, secret, { perSecond: 30, perMinute: 1800 })),
          routing: { groupBy: [] },
        },
      });
      const told = new Told();
      const requests: SentRequest[] = [];
      const look = async (): Promise<void> => {
        const more = await requestsOf(feishu.control, requests.length);
        requests.push(...more);
        told.take(more);
      };
      /** Milliseconds from the harm until the channel is called again: by then the old one's last call is long over. */
      const silence = async (since: number): Promise<number> => {
        const isAnother = ({ at }: SentRequest): boolean => at > since + 500;
        await vi.waitUntil(async () => look().then(() => requests.some(isAnother)), patience);
        return (requests.find(isAnother)?.at ?? Number.POSITIVE_INFINITY) - since;
      };
      try {
        const first = await notifiers.start();
        const second = await notifiers.start();
        await untilActive([first, second]);
        const ids = await put(notifiers, { findings: 700, seed: 1 });

        const killed = await senderOf([first, second]);
        await vi.waitUntil(async () => look().then(() => told.firstAt.size > 30), patience);
        const killedAt = Date.now();
        await killed.kill();
        const afterKill = await silence(killedAt);

        const third = await notifiers.start();
        await vi.waitUntil(() => third.isReady(), patience);
        const stalled = await senderOf([killed === first ? second : first, third]);
        const stalledAt = Date.now();
        stalled.signal('SIGSTOP');
        const afterStall = await silence(stalledAt);
        stalled.signal('SIGCONT');
        // It is back: what it may still have in hand is told by the cards that are counted at the end.
        await vi.waitUntil(async () => (await stalled.metrics()).size > 0, patience);
        ids.push(...(await put(notifiers, { findings: 20, seed: 2 })));
        await vi.waitUntil(async () => look().then(() => ids.every((id) => told.firstAt.has(id))), patience);

        const doubled = await doubledOf(channel, feishu, told);
        console.log(
          `takeover, ${channel}: ${afterKill} ms after kill -9, ${afterStall} ms after SIGSTOP; ` +
            `${ids.length} findings, ${told.cards} cards, ${doubled} of them repeated`,
        );
        expect(Math.max(afterKill, afterStall)).toBeLessThan(takeoverMs);
        expect(doubled).toBeLessThanOrEqual(mostRepeats);
      } catch (error) {
        console.error(await notifiers.logs());
        throw error;
      } finally {
        await notifiers.close();
        await feishu.stop();
        await rm(folder, { recursive: true, force: true });
      }
    });
  },
);

/** The one of them that sends now: it is seen to have sent more. */
async function senderOf(notifiers: readonly Notifier[]): Promise<Notifier> {
  const sent = async (notifier: Notifier): Promise<number> =>
    (await notifier.metrics()).get('logpatrol_deliveries_total{channel="feishu",outcome="sent",cause=""}') ??
    0;
  const before = await Promise.all(notifiers.map(sent));
  return vi.waitUntil(async () => {
    const now = await Promise.all(notifiers.map(sent));
    return notifiers.find((_, index) => (now[index] ?? 0) > (before[index] ?? 0) + 3);
  }, patience);
}

async function put(
  { bus }: Notifiers,
  { findings, seed }: { findings: number; seed: number },
): Promise<string[]> {
  const planned = stormOf({ findings, criticals: 0, services: 50, ms: 1, seed });
  const writer = await bus.writer('takeover');
  await writer.write(
    planned.map(({ id, make }) => ({
      topic: topic.findings,
      partition: 0,
      key: id,
      value: JSON.stringify(make(Date.now())),
    })),
  );
  await writer.close();
  return planned.map(({ id }) => id);
}
