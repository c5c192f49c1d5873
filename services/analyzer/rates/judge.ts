/**
 * When a rate is unusual. Pure. The thresholds come from how often they are asked: 1,000 kinds of lines in windows of five minutes are
 * 288,000 questions a day, and fewer than one answer in ten days may be wrong by chance (docs/rates.md).
 */

/** A chance that is taken for none: 288,000 questions a day make one wrong answer in a month. */
const chance = 1e-7;
/** Fewer lines than this in a window are no rush, however rare they are. */
const fewestLines = 10;
/** So many times the busiest window there has been; more while no whole week has been seen, for Mondays are not Sundays. */
const overBusiest = 2;
const overBusiestInFirstWeek = 3;
const weekMs = 7 * 24 * 60 * 60_000;
/** So many times what is usual about this hour of the week. */
const overUsualHour = 3;

/** A robust standard deviation is so many times the median deviation. */
const deviations = 1.4826;
/** A day's 288 windows hold one that is so many standard deviations above the rest, where it is not shown otherwise. */
const usualSpread = 3;

export interface SpikeCase {
  /** Lines in the window so far. */
  readonly count: number;
  /** One line in so many was looked at: chance plays with those. */
  readonly sampling: number;
  readonly median: number;
  readonly deviation: number;
  /** The busiest window there has been. */
  readonly busiest: number;
  /** The busiest window that is usual about this hour of the week, where that is known. */
  readonly usualHour: number | undefined;
  /** How long the history is, in milliseconds. */
  readonly history: number;
}

export interface Spike {
  /** What the window was compared with. */
  readonly reference: number;
  /** How many times the reference it has. */
  readonly factor: number;
  /** The chance of as many lines, were the reference the usual rate; from above. */
  readonly probability: number;
}

/** Whether so many lines are unusual: many times the reference, and no work of chance were the reference the usual rate. */
export function spikeOf(each: SpikeCase): Spike | undefined {
  if (each.count < fewestLines) return undefined;
  const spread = each.median + usualSpread * deviations * each.deviation;
  const busiest = Math.max(each.busiest, spread, 1);
  const over = each.history < weekMs ? overBusiestInFirstWeek : overBusiest;
  return (
    exceeds(each, busiest, over) ??
    // What comes in bursts has no usual hour.
    (each.usualHour === undefined || each.median === 0
      ? undefined
      : exceeds(each, Math.max(each.usualHour, 1), overUsualHour))
  );
}

function exceeds({ count, sampling }: SpikeCase, reference: number, times: number): Spike | undefined {
  const factor = count / reference;
  if (factor < times) return undefined;
  const probability = atLeast(count / sampling, reference / sampling);
  return probability <= chance ? { reference, factor, probability } : undefined;
}

/** The chance of `count` events or more where `rate` are expected (Poisson), from above. */
export function atLeast(count: number, rate: number): number {
  if (count <= rate || count <= 0) return 1;
  // The terms of the tail fall at least as fast as those of a geometric series with this ratio.
  const ratio = rate / (count + 1);
  return Math.min(1, Math.exp(count * Math.log(rate) - rate - logFactorial(count)) / (1 - ratio));
}

/** Stirling's series; off by less than 1e-4 from 1 on. */
function logFactorial(n: number): number {
  if (n < 1) return 0;
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12 * n) - 1 / (360 * n ** 3);
}

/** Fewer gaps do not show that something is regular. */
const enoughGaps = 30;
/** The longest gap of something regular is at most so many times the usual one: a beat may be late, and none is left out. */
const regular = 1.5;
/** Silence of so many times the longest gap: two beats are missing, and the third is due. */
const longSilence = 2.5;

export interface SilenceCase {
  /** Minutes between two beats: usual, longest, and how many there have been. */
  readonly usualGap: number;
  readonly longestGap: number;
  readonly gaps: number;
}

/** How many minutes after its last beat a heartbeat is missing; `undefined` for what is no heartbeat. */
export function silenceAfter({ usualGap, longestGap, gaps }: SilenceCase): number | undefined {
  // A minute of grace, for beats are counted by minutes.
  if (gaps < enoughGaps || longestGap > Math.max(usualGap * regular, usualGap + 1)) return undefined;
  return Math.ceil(longestGap * longSilence);
}
