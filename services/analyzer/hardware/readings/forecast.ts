import { type History, hourMs, quarterMs } from './history.ts';
import { deviation, type Line, median, type Point, robustLine } from './robust.ts';

const dayHours = 24;
const dayMs = dayHours * hourMs;
/** 99% of the normal distribution, two-sided. */
const z = 2.576;
/** How far back a trend of hours is looked for, the longest first. */
const windows = [24 * hourMs, 12 * hourMs, 8 * hourMs, 4 * hourMs] as const;
/** Of the quarters of the window so many must be known. */
const coverage = 0.8;
/** Days before the window that the hours of the day are compared with, and the fewest of them. */
const daysCompared = 7;
const fewestDays = 2;
/** Nothing is said of what is further ahead than the window is long, times this. */
const aheadOfWindow = 1;
/** The rise over the window is so many times the noise about the line, and what is left of the days before about their median. */
const overNoise = 4;
const overSpread = 3;
/** Each third of the window rises at least at so much of its whole slope: else it was a step, or has nearly ended. */
const steadiness = 0.5;
/** Days that a slow trend is looked for in. */
const daysOfSlowTrend = 10;

/** When a reading will reach a limit. Moments are milliseconds since the epoch. */
export interface Forecast {
  readonly at: number;
  readonly earliest: number;
  readonly latest: number;
  /** Per hour, beyond the daily cycle; and between which it lies by 99%. */
  readonly perHour: number;
  readonly low: number;
  readonly high: number;
  /** Length of what the trend rests on, and days before it that it was compared with. */
  readonly hours: number;
  readonly days: number;
  /** What it reads now, by the median of the last quarter of an hour. */
  readonly value: number;
}

export interface ForecastQuestion {
  readonly history: Pick<History, 'quarters' | 'hours'>;
  /** From below. */
  readonly limit: number;
  readonly horizonHours: number;
  /** Less than this over the window is no trend, in the sensor's unit. */
  readonly leastRise: number;
  /** Start of the last quarter that is complete. */
  readonly at: number;
  /** What came before is not looked at: the machine was off. */
  readonly since?: number | undefined;
}

/**
 * When a reading that rises will reach its limit; undefined where it will not within the horizon, or where nothing sound can be
 * said. The daily cycle is taken out by the median of the same hour on the days before, which is why there must be two of them.
 */
export function forecast(question: ForecastQuestion): Forecast | undefined {
  const { history, limit, at } = question;
  const value = history.quarters.valueAt(at);
  if (Number.isNaN(value) || value >= limit) return undefined;
  // One usual day for all windows, by what came before the longest of them.
  const usual = cycle(history, at - (at % hourMs) - windows[0]);
  for (const window of windows) {
    const found = usual && overWindow(question, window, value, usual);
    if (found !== undefined) return found;
  }
  return overDays(question, value);
}

/** Slow trends: by the highest hour of each of the last days, which has no daily cycle. Six of them are the fewest for 99%. */
function overDays(question: ForecastQuestion, value: number): Forecast | undefined {
  const { history, limit, horizonHours, leastRise, at, since = Number.NEGATIVE_INFINITY } = question;
  const end = at - (at % hourMs);
  const points: Point[] = [];
  for (let day = 1; day <= daysOfSlowTrend; day++) {
    const hours = history.hours.between(end - day * dayMs, end - (day - 1) * dayMs);
    if (hours.length < coverage * 24 || end - day * dayMs < since) break;
    points.unshift({ x: -day, y: Math.max(...hours.map((hour) => hour.value)) });
  }
  const line = robustLine(points, z);
  if (line === undefined || !(line.low > 0)) return undefined;
  const rise = line.slope * points.length;
  if (rise < leastRise || rise < overNoise * line.noise) return undefined;
  // The highest hour of the day that comes has x = 0.
  const daysUntil = (slope: number) => Math.max(0, (limit - line.intercept) / slope);
  if (daysUntil(line.slope) > horizonHours / 24 - 1) return undefined;
  const reached = (slope: number) => at + (daysUntil(slope) + 1) * dayMs;
  return {
    ...{ at: reached(line.slope), earliest: at, latest: reached(line.low), value },
    ...{ perHour: line.slope / 24, low: line.low / 24, high: line.high / 24 },
    ...{ hours: 24 * points.length, days: points.length },
  };
}

function overWindow(
  question: ForecastQuestion,
  window: number,
  value: number,
  usual: Cycle,
): Forecast | undefined {
  const { history, limit, horizonHours, leastRise, at, since = Number.NEGATIVE_INFINITY } = question;
  const from = at - window + quarterMs;
  if (from < since) return undefined;
  const quarters = history.quarters.between(from, at + 1);
  const wanted = window / quarterMs;
  if (quarters.length < coverage * wanted) return undefined;
  // A trend that does not come near the limit is not worth its work.
  const rise = median(quarters.slice(-4).map((each) => each.value)) - (quarters[0]?.value ?? value);
  if (value + 2 * aheadOfWindow * rise + usual.range < limit) return undefined;
  const points: Point[] = [];
  for (const each of quarters) {
    const expected = usual.at(each.at);
    if (Number.isNaN(expected)) return undefined;
    points.push({ x: (each.at - at) / hourMs, y: each.value - expected });
  }
  const line = robustLine(points, z);
  if (line === undefined || !isSound(line, points, { window, leastRise, usual })) return undefined;
  const furthest = Math.min(horizonHours, (aheadOfWindow * window) / hourMs);
  const reached = (slope: number, within: number) =>
    crossing(usual, { at, slope, limit, within }, line.intercept);
  const middle = reached(line.slope, furthest);
  const latest = reached(line.low, 2 * furthest);
  const earliest = reached(line.high, furthest);
  if (middle === undefined || latest === undefined || earliest === undefined) return undefined;
  return {
    ...{ at: middle, earliest, latest, value },
    ...{ perHour: line.slope, low: line.low, high: line.high },
    ...{ hours: window / hourMs, days: usual.days },
  };
}

interface Cycle {
  /** NaN where the days before say nothing of the hour. */
  at(moment: number): number;
  readonly days: number;
  /** Between its lowest and its highest hour. */
  readonly range: number;
  /** How far days are from the usual one. */
  readonly spread: number;
}

/** The usual day, by the hours before `until`; undefined where there are too few days. */
function cycle({ hours }: Pick<History, 'hours'>, until: number): Cycle | undefined {
  const known = hours.between(until - daysCompared * dayMs, until);
  const byHour = Map.groupBy(known, ({ at }) => (at % dayMs) / hourMs);
  const days = Math.min(...[...byHour.values()].map((values) => values.length));
  if (byHour.size < dayHours || days < fewestDays) return undefined;
  const usual = Array.from({ length: dayHours }, (_, hour) =>
    median((byHour.get(hour) ?? []).map(({ value }) => value)),
  );
  const left = known.map(({ at, value }) => value - (usual[(at % dayMs) / hourMs] ?? value));
  return {
    days,
    range: Math.max(...usual) - Math.min(...usual),
    spread: deviation(left, 0),
    at(moment) {
      // An hour's median is that of its middle; between two middles it is a line.
      const middle = (((moment + quarterMs / 2 - hourMs / 2) % dayMs) + dayMs) % dayMs;
      const hour = Math.floor(middle / hourMs);
      const [before = Number.NaN, after = Number.NaN] = [usual[hour], usual[(hour + 1) % 24]];
      return before + (after - before) * (middle / hourMs - hour);
    },
  };
}

function isSound(
  line: Line,
  points: readonly Point[],
  { window, leastRise, usual }: { window: number; leastRise: number; usual: Cycle },
): boolean {
  const rise = (line.slope * window) / hourMs;
  if (!(line.low > 0) || rise < leastRise || rise < overNoise * line.noise) return false;
  // It is away from what the days before had at this hour, and not on its way back to it.
  if (line.intercept < Math.max(leastRise, overSpread * usual.spread)) return false;
  const third = Math.ceil(points.length / 3);
  const parts = [points.slice(0, third), points.slice(third, -third), points.slice(-third)];
  return parts.every((part) => (robustLine(part, z)?.slope ?? 0) >= steadiness * line.slope);
}

function crossing(
  usual: Cycle,
  { at, slope, limit, within }: { at: number; slope: number; limit: number; within: number },
  intercept: number,
): number | undefined {
  for (let hours = 0.25; hours <= within; hours += 0.25) {
    const moment = at + hours * hourMs;
    if (usual.at(moment) + intercept + slope * hours >= limit) return moment;
  }
  return undefined;
}
