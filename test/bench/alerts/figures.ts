import type { SentRequest, Told } from '#test/integrity/told.ts';
import { median, megabytes } from '../measure.ts';
import { growth, mostWithin, type Put, type Reading, waitedMs } from './account.ts';
import { type ChannelKind, countedApis, limitsOf } from './channels.ts';
import type { Stretch } from './outages.ts';

/** What of the storm the figures depend on. */
export interface StormOptions {
  readonly channel: ChannelKind;
  /** A tenth of the findings in ten seconds, outages of some 20 s in all: to see that it works, not to quote. */
  readonly isShort: boolean;
  readonly seed: number;
  readonly services: number;
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

/** What was seen of it. */
export interface Run {
  readonly puts: readonly Put[];
  readonly outages: readonly Stretch[];
  readonly requests: readonly SentRequest[];
  readonly told: Told;
  readonly memory: readonly { readonly resident: Reading; readonly heap: Reading }[];
  readonly began: number;
  readonly stormEnd: number;
  readonly drainedAt: number;
}

const targets = {
  criticalSeconds: 30,
  residentMegabytes: 512,
  growthMegabytesPerMinute: 3,
};

/**
 * What the run has come to.
 *
 * @param doubled cards that people have twice
 */
export function figuresOf(options: StormOptions, run: Run, doubled: number): AlertsFigures {
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
function settleMs({ isShort }: StormOptions): number {
  return isShort ? 10_000 : 60_000;
}
