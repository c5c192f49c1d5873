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
import { growth, mostWithin, type Put, type Reading, waitedMs } from './alerts/account.ts';
import { type ChannelKind, channelOf, countedApis, doubledOf, limitsOf } from './alerts/channels.ts';
import { type Planned, stormOf } from './alerts/findings.ts';
import { outagesOf, type Stretch, undergo } from './alerts/outages.ts';
import { median, megabytes } from './measure.ts';

export interface AlertsOptions {
  readonly kafkaAddress: string;
  readonly channel: ChannelKind;
  /** A tenth of the findings in ten seconds, outages of some 20 s in all: to see that it works, not to quote. */
  readonly isShort: boolean;
  readonly seed: number;
  readonly services: number;
  readonly say: (line: string) => void;
}

export interface AlertsFigures {
  readonly channel: ChannelKind;
  readonly findings: number;
  readonly services: number;
  readonly seed: number;
  /** Seconds from the storm's beginning, from and to. */
  readonly outages: readonly (readonly [number, number])[];
  /** Findings that no accepted card names. */
  readonly lost: number;
  /** Cards that people have twice, to the letter. */
  readonly doubled: number;
  readonly cards: number;
  readonly digests: number;
  /** Of an app: cards changed in place, and short replies that ring. */
  readonly updates: number;
  readonly replies: number;
  /** Where each finding was named first. */
  readonly firstNamed: { readonly onCard: number; readonly inDigest: number };
  /** Of the critical ones: the longest stretch that one waited with Feishu up, in seconds; and from the bus to the card all in all. */
  readonly criticals: {
    readonly count: number;
    readonly waitedUp: { readonly median: number; readonly most: number };
    readonly inAll: { readonly median: number; readonly most: number };
  };
  /** As the stand-in counts them, refused ones too; `mostIn` of those that write. */
  readonly calls: {
    readonly all: number;
    readonly mostInSecond: number;
    readonly mostInMinute: number;
    /** Refused as too frequent. */
    readonly throttled: number;
    /** How many calls were answered how: by code, or by the fault that the stand-in was told to have. */
    readonly answers: Readonly<Record<string, number>>;
  };
  /** Seconds from the storm's end until the last finding was told, and until nothing was left to send. */
  readonly toldWithin: number;
  readonly drainedWithin: number;
  readonly memory: {
    readonly residentMegabytes: { readonly start: number; readonly most: number; readonly end: number };
    readonly heapMegabytes: { readonly start: number; readonly most: number; readonly end: number };
    /** Of resident memory, from a minute after the storm on. */
    readonly growthMegabytesPerMinute: number;
  };
  /** What was to be and is not; nothing here: every target is held. */
  readonly missed: readonly string[];
}

const full = { findings: 10_000, criticals: 20, stormMs: 60_000, watchMs: 15 * 60_000, downMs: 5 * 60_000 };
const short = { findings: 1000, criticals: 20, stormMs: 10_000, watchMs: 60_000, downMs: 20_000 };

/** Everything is told within so long after the storm, or is lost. */
const longestMs = 60 * 60_000;
const targets = {
  criticalSeconds: 30,
  residentMegabytes: 512,
  growthMegabytesPerMinute: 3,
};

interface Run {
  readonly puts: readonly Put[];
  readonly outages: readonly Stretch[];
  readonly requests: readonly SentRequest[];
  readonly told: Told;
  readonly memory: readonly { readonly resident: Reading; readonly heap: Reading }[];
  readonly began: number;
  readonly stormEnd: number;
  readonly drainedAt: number;
}

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

function figuresOf(options: AlertsOptions, run: Run, doubled: number): AlertsFigures {
  const { channel, services, seed } = options;
  const { puts, outages, requests, told, memory, began, stormEnd, drainedAt } = run;
  const untold = puts.filter(({ id }) => !told.firstAt.has(id));
  const criticals = puts.filter(({ severity }) => severity === 'critical');
  const toldAt = (id: string): number => told.firstAt.get(id) ?? Number.POSITIVE_INFINITY;
  const waited = criticals.map(({ id, at }) => waitedMs(at, toldAt(id), outages) / 1000);
  const inAll = criticals.map(({ id, at }) => (toldAt(id) - at) / 1000);
  const times = requests.filter(({ api }) => countedApis.has(api)).map(({ at }) => at);
  const answers: Record<string, number> = {};
  for (const { code, fault } of requests) {
    const answer = fault ?? String(code);
    answers[answer] = (answers[answer] ?? 0) + 1;
  }
  const calm = memory.filter(({ resident }) => resident.at > stormEnd + settleMs(options));
  const last = Math.max(...puts.map(({ id }) => toldAt(id)));
  const figures = {
    channel,
    findings: puts.length,
    services,
    seed,
    outages: outages.map(
      ({ from, to }) => [rounded((from - began) / 1000), rounded((to - began) / 1000)] as const,
    ),
    lost: untold.length,
    doubled,
    cards: told.cards,
    digests: told.digests,
    updates: told.updates,
    replies: told.replies,
    firstNamed: {
      onCard: told.firstAt.size - told.inDigestsFirst.size,
      inDigest: told.inDigestsFirst.size,
    },
    criticals: { count: criticals.length, waitedUp: summary(waited), inAll: summary(inAll) },
    calls: {
      all: requests.length,
      mostInSecond: mostWithin(1000, times),
      mostInMinute: mostWithin(60_000, times),
      throttled: (answers['11232'] ?? 0) + (answers['99991400'] ?? 0) + (answers['230020'] ?? 0),
      answers,
    },
    toldWithin: rounded((last - stormEnd) / 1000),
    drainedWithin: drainedAt === 0 ? Number.POSITIVE_INFINITY : rounded((drainedAt - stormEnd) / 1000),
    memory: {
      residentMegabytes: course(memory.map(({ resident }) => resident)),
      heapMegabytes: course(memory.map(({ heap }) => heap)),
      growthMegabytesPerMinute:
        calm.length < 2 ? 0 : rounded(growth(calm.map(({ resident }) => resident)) / 1e6),
    },
  };
  return { ...figures, missed: missedOf(figures, options.isShort) };
}

function missedOf(figures: Omit<AlertsFigures, 'missed'>, isShort: boolean): string[] {
  const { lost, doubled, criticals, calls, memory } = figures;
  const limits = limitsOf[figures.channel];
  const checks: readonly (readonly [boolean, string])[] = [
    [lost > 0, `${lost} findings were not told`],
    [doubled > 0, `${doubled} cards were sent twice`],
    [
      !(criticals.waitedUp.most < targets.criticalSeconds),
      `a critical finding waited for ${criticals.waitedUp.most} s with Feishu up; the target is less than ${targets.criticalSeconds}`,
    ],
    [calls.mostInSecond > limits.perSecond, `${calls.mostInSecond} calls within a second`],
    [calls.mostInMinute > limits.perMinute, `${calls.mostInMinute} calls within a minute`],
    [calls.throttled > 0, `${calls.throttled} calls were refused as too frequent`],
    [
      memory.residentMegabytes.most > targets.residentMegabytes,
      `the notifier took ${memory.residentMegabytes.most} MB; the target is ${targets.residentMegabytes}`,
    ],
    [
      // Of a minute nothing can be said: a process that has just started still takes what it may.
      !isShort && memory.growthMegabytesPerMinute > targets.growthMegabytesPerMinute,
      `after the storm its memory grows by ${memory.growthMegabytesPerMinute} MB a minute; the target is ${targets.growthMegabytesPerMinute}`,
    ],
  ];
  return checks.filter(([isMissed]) => isMissed).map(([, line]) => line);
}

function summary(seconds: readonly number[]): { median: number; most: number } {
  return { median: rounded(median(seconds)), most: rounded(Math.max(...seconds)) };
}

function course(readings: readonly Reading[]): { start: number; most: number; end: number } {
  const values = readings.map(({ bytes }) => bytes).filter(Number.isFinite);
  return {
    start: megabytes(values[0] ?? 0),
    most: megabytes(Math.max(...values)),
    end: megabytes(values.at(-1) ?? 0),
  };
}

const rounded = (value: number): number => Math.round(100 * value) / 100;

/** What the storm has taken is given back by then; what memory does from then on is its course. */
function settleMs({ isShort }: AlertsOptions): number {
  return isShort ? 10_000 : 60_000;
}
