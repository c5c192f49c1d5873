/**
 * A storm of 10,000 findings within a minute, 20 of them critical, through the real notifier on real Kafka to a stand-in Feishu with
 * the platform's limits, which is down for five of the following fifteen minutes. At the end every finding is accounted for by what the
 * stand-in has accepted, and by nothing that the notifier says of itself.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { topic } from '#shared/bus/topics.ts';
import { createNotifiers, type Notifier, untilActive } from '#test/integrity/notifiers.ts';
import { requestsOf, type SentRequest, Told } from '#test/integrity/told.ts';
import { FeishuProcess } from '#test/stand-ins/feishu/index.ts';
import type { Put, Reading } from './alerts/account.ts';
import { channelOf, doubledOf } from './alerts/channels.ts';
import { type AlertsFigures, figuresOf, type Run, type StormOptions } from './alerts/figures.ts';
import { type Planned, stormOf } from './alerts/findings.ts';
import { outagesOf, undergo } from './alerts/outages.ts';
import { megabytes } from './measure.ts';

export interface AlertsOptions extends StormOptions {
  readonly kafkaAddress: string;
  readonly say: (line: string) => void;
}

const full = { findings: 10_000, criticals: 20, stormMs: 60_000, watchMs: 15 * 60_000, downMs: 5 * 60_000 };
const short = { findings: 1000, criticals: 20, stormMs: 10_000, watchMs: 60_000, downMs: 20_000 };

/** Everything is told within so long after the storm, or is lost. */
const longestMs = 60 * 60_000;
export async function benchAlerts(options: AlertsOptions): Promise<AlertsFigures> {
  const { kafkaAddress, channel, say } = options;
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-alerts-'));
  const feishu = await FeishuProcess.start({ secret: 'bench-secret' });
  const notifiers = await createNotifiers({
    kafkaAddress,
    name: `alerts-${process.pid}-${channel}`,
    folder,
    settings: {
      ...(await channelOf(channel, feishu, 'bench-secret')),
      // As shipped; but in the short form nobody wants to wait five minutes for what has joined a card.
      ...(options.isShort && { routing: { groupMinutes: 0.5 } }),
      logLevel: 'warn',
    },
  });
  try {
    const notifier = await notifiers.start();
    await untilActive([notifier]);
    const run = await storm(options, notifiers.bus, notifier, feishu);
    return figuresOf(options, run, await doubledOf(channel, feishu, run.told));
  } catch (error) {
    say(await notifiers.logs());
    throw error;
  } finally {
    await notifiers.close();
    await feishu.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function storm(
  { isShort, seed, services, say }: AlertsOptions,
  bus: Awaited<ReturnType<typeof createNotifiers>>['bus'],
  notifier: Notifier,
  feishu: FeishuProcess,
): Promise<Run> {
  const plan = isShort ? short : full;
  const planned = stormOf({ ...plan, services, ms: plan.stormMs, seed });
  const told = new Told();
  const requests: SentRequest[] = [];
  const memory: { resident: Reading; heap: Reading }[] = [];
  const began = Date.now();
  const stormEnd = began + plan.stormMs;
  say(`${plan.findings} findings within ${plan.stormMs / 1000} s, ${plan.criticals} of them critical`);
  const putting = put(bus, planned, began);
  const suffering = undergo(feishu, outagesOf({ ...plan, seed }), began, say);
  let drainedAt = 0;
  let isDone = false;
  let nextWord = began + 30_000;
  while (!isDone) {
    await sleep(1000);
    if (!notifier.isRunning()) throw new Error('the notifier has ended');
    const now = Date.now();
    const metrics = await notifier.metrics();
    const heap = metrics.get('nodejs_heap_size_used_bytes') ?? Number.NaN;
    memory.push({
      resident: { at: now, bytes: notifier.residentBytes() },
      heap: { at: now, bytes: heap },
    });
    const more = await requestsOf(feishu.control, requests.length);
    requests.push(...more);
    told.take(more);
    const waiting = metrics.get('logpatrol_outbox_messages{channel="feishu"}') ?? 0;
    if (waiting > 0 || now < stormEnd) drainedAt = 0;
    else if (drainedAt === 0) drainedAt = now;
    if (now > nextWord) {
      nextWord = now + 30_000;
      const resident = megabytes(notifier.residentBytes());
      say(
        `${Math.round((now - began) / 1000)} s: ${told.firstAt.size} told, ${told.cards} cards, ${told.digests} digests, ` +
          `${waiting} wait, ${resident} MB`,
      );
    }
    const isQuiet = drainedAt !== 0 && now - drainedAt > 5000 && told.firstAt.size >= planned.length;
    isDone = (isQuiet && now > stormEnd + plan.watchMs) || now > stormEnd + longestMs;
  }
  return {
    puts: await putting,
    outages: await suffering,
    requests,
    told,
    memory,
    began,
    stormEnd,
    drainedAt,
  };
}

/** Writes each finding when its time has come, and says when. */
async function put(
  bus: Awaited<ReturnType<typeof createNotifiers>>['bus'],
  planned: readonly Planned[],
  began: number,
): Promise<Put[]> {
  const writer = await bus.writer('alerts');
  const puts: Put[] = [];
  for (let next = 0; next < planned.length; ) {
    const now = Date.now();
    const until = planned.findIndex(({ afterMs }, index) => index >= next && began + afterMs > now);
    const due = planned.slice(next, until === -1 ? planned.length : until);
    next += due.length;
    for (const { id, severity } of due) puts.push({ id, severity, at: now });
    if (due.length > 0)
      await writer.write(
        due.map(({ id, make }) => ({
          topic: topic.findings,
          partition: 0,
          key: id,
          value: JSON.stringify(make(now)),
        })),
      );
    await sleep(50);
  }
  await writer.close();
  return puts;
}
