/**
 * From a finding on the bus to its card at a stand-in Feishu without limits that answers at once, at a modest rate; where the time
 * goes; and what nothing but the calls themselves take on the same machine in the same run.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import { Delivery, Message } from '#shared/model/index.ts';
import { createNotifiers, untilActive } from '#test/integrity/notifiers.ts';
import { createRandom } from '#test/integrity/random.ts';
import { namedIn, requestsOf } from '#test/integrity/told.ts';
import { FeishuProcess } from '#test/stand-ins/feishu/index.ts';
import { bareCalls, bareRoundTrips } from './alerts/bare.ts';
import { type ChannelKind, channelOf } from './alerts/channels.ts';
import { stormOf } from './alerts/findings.ts';
import { median, quantile } from './measure.ts';

/** Milliseconds. */
interface Times {
  readonly count: number;
  readonly median: number;
  readonly p99: number;
  readonly most: number;
}

export interface AlertLatencyFigures {
  readonly channel: ChannelKind;
  readonly perSecond: number;
  /** From before the finding is written to the bus until its card has arrived at Feishu; the target is for its p99. */
  readonly total: Times;
  /** Findings that no card tells; they would make the times look better than they are. */
  readonly untold: number;
  /** The stretches of the same way, one after the other. */
  readonly parts: {
    /** Writing the finding (a transaction of the bench's own) until notify decides on it. */
    readonly untilNotify: Times;
    /** Notify's transaction, and deliver's fetch of what it has put into the outbox. */
    readonly untilDeliver: Times;
    /** Deliver's transaction that says that it will call, the card's rendering, and the call until its body has arrived. */
    readonly untilFeishu: Times;
  };
  /** Of the call alone, as the notifier measures it: rendering, and what Feishu needs to answer. */
  readonly call: Times;
  /** The same machine with nothing of ours: a bare POST of the same cards, and a record's way through Kafka, with a transaction and without. */
  readonly bare: { readonly post: Times; readonly kafka: Times; readonly kafkaTransaction: Times };
  readonly missed: readonly string[];
}

const targetMs = 300;
/** Findings before those that count: a process that has just started is no measure. */
const warmUps = 50;
/** So long the last cards are waited for. */
const patienceMs = 30_000;

interface Written {
  readonly id: string;
  /** Milliseconds since the epoch, before it was written. */
  readonly at: number;
}

export async function benchAlertLatency(options: {
  readonly kafkaAddress: string;
  readonly channel: ChannelKind;
  readonly findings: number;
  readonly perSecond: number;
  readonly say: (line: string) => void;
}): Promise<AlertLatencyFigures> {
  const { kafkaAddress, channel, say } = options;
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-alert-latency-'));
  const feishu = await FeishuProcess.start({ limits: 'unlimited' });
  const unlimited = { perSecond: 10_000, perMinute: 600_000 };
  const notifiers = await createNotifiers({
    kafkaAddress,
    name: `alert-latency-${process.pid}-${channel}`,
    folder,
    // A card each: what joins another's card is not to be waited for.
    settings: {
      ...(await channelOf(channel, feishu, undefined, unlimited)),
      routing: { groupBy: [] },
      logLevel: 'warn',
    },
  });
  try {
    await untilActive([await notifiers.start()]);
    const written = await write(options, notifiers.bus);
    await untilTold(written, feishu);
    const figures = await figuresOf(options, notifiers.bus, feishu, written.slice(warmUps));
    say('the same with nothing of ours');
    const bare = {
      post: timesOf(await bareCalls(notifiers.bus, feishu.webhook)),
      kafka: timesOf(await bareRoundTrips(kafkaAddress, false)),
      kafkaTransaction: timesOf(await bareRoundTrips(kafkaAddress, true)),
    };
    return { ...figures, bare };
  } catch (error) {
    say(await notifiers.logs());
    throw error;
  } finally {
    await notifiers.close();
    await feishu.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** One finding at a time, at moments that no tick of ours has a rhythm with. */
async function write(
  { findings, perSecond, say }: { findings: number; perSecond: number; say: (line: string) => void },
  bus: Bus,
): Promise<Written[]> {
  const random = createRandom(7);
  const planned = stormOf({
    findings: findings + warmUps,
    criticals: 0,
    services: 1000,
    ms: 1,
    seed: 7,
  });
  say(`${findings} findings, ${perSecond} a second, after ${warmUps} to warm up`);
  const writer = await bus.writer('alert-latency');
  const written: Written[] = [];
  let next = Date.now();
  for (const { id, make } of planned) {
    next += (random.next() * 2000) / perSecond;
    await sleep(Math.max(0, next - Date.now()));
    const at = Date.now();
    written.push({ id, at });
    const value = JSON.stringify(make(at));
    await writer.write([{ topic: topic.findings, partition: 0, key: id, value }]);
  }
  await writer.close();
  return written;
}

async function untilTold(written: readonly Written[], feishu: FeishuProcess): Promise<void> {
  const until = Date.now() + patienceMs;
  while (Date.now() < until && (await feishu.state()).accepted < written.length) await sleep(500);
}

async function figuresOf(
  { channel, perSecond }: { channel: ChannelKind; perSecond: number },
  bus: Bus,
  feishu: FeishuProcess,
  written: readonly Written[],
): Promise<Omit<AlertLatencyFigures, 'bare'>> {
  const told = new Map<string, number>();
  for (const { at, seen } of await requestsOf(feishu.control))
    for (const id of seen === undefined ? [] : namedIn(seen)) if (!told.has(id)) told.set(id, at);
  const queued = new Map<string, number>();
  for await (const { value } of bus.read(topic.outbox('feishu'))) {
    const message = value === null ? undefined : Message.parse(JSON.parse(value.toString()));
    if (message !== undefined && !queued.has(message.finding.id))
      queued.set(message.finding.id, Date.parse(message.queuedAt));
  }
  const sending = new Map<string, number>();
  const calls: number[] = [];
  for await (const { value } of bus.read(topic.deliveries)) {
    if (value === null) continue;
    const { incidentId, outcome, at, response_time_ms: call } = Delivery.parse(JSON.parse(value.toString()));
    if (outcome === 'sending' && !sending.has(incidentId)) sending.set(incidentId, Date.parse(at));
    if (call !== undefined) calls.push(call);
  }
  const between = (
    from: (each: Written) => number | undefined,
    to: (each: Written) => number | undefined,
  ): Times =>
    timesOf(
      written.flatMap((each) => {
        const [begin, end] = [from(each), to(each)];
        return begin === undefined || end === undefined ? [] : [end - begin];
      }),
    );
  const total = between(
    ({ at }) => at,
    ({ id }) => told.get(id),
  );
  const untold = written.length - total.count;
  return {
    channel,
    perSecond,
    total,
    untold,
    parts: {
      untilNotify: between(
        ({ at }) => at,
        ({ id }) => queued.get(id),
      ),
      untilDeliver: between(
        ({ id }) => queued.get(id),
        ({ id }) => sending.get(id),
      ),
      untilFeishu: between(
        ({ id }) => sending.get(id),
        ({ id }) => told.get(id),
      ),
    },
    call: timesOf(calls),
    missed: [
      ...(untold > 0 ? [`${untold} findings were not told`] : []),
      ...(total.p99 < targetMs
        ? []
        : [`from finding to card p99 ${total.p99} ms; the target is less than ${targetMs}`]),
    ],
  };
}

function timesOf(ms: readonly number[]): Times {
  if (ms.length === 0) return { count: 0, median: 0, p99: 0, most: 0 };
  const rounded = (value: number): number => Math.round(10 * value) / 10;
  return {
    count: ms.length,
    median: rounded(median(ms)),
    p99: rounded(quantile(ms, 0.99)),
    most: rounded(Math.max(...ms)),
  };
}
