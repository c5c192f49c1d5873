/**
 * From a finding on the bus to its card at a stand-in Feishu without limits that answers at once, at a modest rate; where the time
 * goes; and, between the findings, what nothing but the calls themselves take: on a machine that others use, both wait for them.
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
import { requestsOf, Told } from '#test/integrity/told.ts';
import { FeishuProcess } from '#test/stand-ins/feishu/index.ts';
import { barePost, bodiesOf, openRoundTrips } from './alerts/bare.ts';
import { type ChannelKind, channelOf } from './alerts/channels.ts';
import { type Planned, stormOf } from './alerts/findings.ts';
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
  /** With nothing of ours, between the findings: a bare POST of such cards, and a record's way through Kafka, with a transaction and without. */
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
  const { kafkaAddress, channel, findings, perSecond, say } = options;
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
    const planned = stormOf({ findings: findings + warmUps, criticals: 0, services: 1000, ms: 1, seed: 7 });
    say(`${findings} findings, ${perSecond} a second, after ${warmUps} to warm up`);
    const warm = await write(planned.slice(0, warmUps), perSecond, notifiers.bus, async () => {});
    await untilTold(warm, feishu);
    const bare = await openBare(options.kafkaAddress, notifiers.bus, feishu);
    try {
      const written = await write(planned.slice(warmUps), perSecond, notifiers.bus, bare.next);
      await untilTold(written, feishu);
      return { ...(await figuresOf(options, notifiers.bus, feishu, written)), bare: bare.times() };
    } finally {
      await bare.close();
    }
  } catch (error) {
    say(await notifiers.logs());
    throw error;
  } finally {
    await notifiers.close();
    await feishu.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** One finding at a time, at moments that no tick of ours has a rhythm with, and after each what `between` does. */
async function write(
  planned: readonly Planned[],
  perSecond: number,
  bus: Bus,
  between: () => Promise<void>,
): Promise<Written[]> {
  const random = createRandom(7);
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
    await between();
  }
  await writer.close();
  return written;
}

interface Bare {
  /** One of the ways, each in its turn, once the finding before it can be there. */
  next(): Promise<void>;
  times(): AlertLatencyFigures['bare'];
  close(): Promise<void>;
}

async function openBare(kafkaAddress: string, bus: Bus, feishu: FeishuProcess): Promise<Bare> {
  const bodies = await bodiesOf(bus);
  const plain = await openRoundTrips(kafkaAddress, false);
  const transactions = await openRoundTrips(kafkaAddress, true);
  const times: { readonly [way in keyof AlertLatencyFigures['bare']]: number[] } = {
    post: [],
    kafka: [],
    kafkaTransaction: [],
  };
  let turn = 0;
  return {
    async next() {
      turn += 1;
      await sleep(40);
      if (turn % 3 === 0) times.post.push(await barePost(feishu.webhook, bodies[turn % bodies.length] ?? ''));
      else if (turn % 3 === 1) times.kafka.push(await plain.one());
      else times.kafkaTransaction.push(await transactions.one());
    },
    times: () => ({
      // The first few open connections.
      post: timesOf(times.post.slice(5)),
      kafka: timesOf(times.kafka.slice(5)),
      kafkaTransaction: timesOf(times.kafkaTransaction.slice(5)),
    }),
    close: async () => void (await Promise.all([plain.close(), transactions.close()])),
  };
}

async function untilTold(written: readonly Written[], feishu: FeishuProcess): Promise<void> {
  const until = Date.now() + patienceMs;
  const told = new Told();
  let seen = 0;
  while (Date.now() < until && !written.every(({ id }) => told.firstAt.has(id))) {
    await sleep(200);
    const requests = await requestsOf(feishu.control, seen);
    seen += requests.length;
    told.take(requests);
  }
}

async function figuresOf(
  { channel, perSecond }: { channel: ChannelKind; perSecond: number },
  bus: Bus,
  feishu: FeishuProcess,
  written: readonly Written[],
): Promise<Omit<AlertLatencyFigures, 'bare'>> {
  const told = new Told();
  told.take(await requestsOf(feishu.control));
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
    ({ id }) => told.firstAt.get(id),
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
        ({ id }) => told.firstAt.get(id),
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
