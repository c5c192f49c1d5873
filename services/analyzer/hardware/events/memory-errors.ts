import { robustLine } from '../readings/robust.ts';
import type { Module } from './state.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Hours and days that are kept. */
const hoursKept = 48;
const daysKept = 30;

/** 99%, one side, of the normal distribution. */
const quantile = 2.326;
/** Complete days that a trend needs. */
const fewestDays = 6;
/** What grows more slowly is nobody's concern now: in doublings a day. */
const leastSlope = 1 / 7;
/** Nor is what is so rare on the last three days, in errors a day. */
const leastPerDay = 3;

/** Counts one corrected error. False where it is too old to matter. @param at event time in milliseconds since the epoch */
export function countError(module: Module, at: number, arrivedAt: number): boolean {
  module.lastArrivedAt = Math.max(module.lastArrivedAt, arrivedAt);
  const day = Math.floor(at / dayMs);
  if (day <= Math.floor(arrivedAt / dayMs) - daysKept) return false;
  add(module.days, day);
  add(module.hours, Math.floor(at / hourMs));
  forgetOld(module, arrivedAt);
  module.firstAt = Math.min(module.firstAt ?? at, at);
  module.untold += 1;
  return true;
}

/** Forgets what is older than is kept. True where nothing is left. */
export function forgetOld(module: Module, now: number): boolean {
  const firstHour = Math.floor(now / hourMs) - hoursKept;
  const firstDay = Math.floor(now / dayMs) - daysKept;
  module.hours = module.hours.filter(([hour]) => hour > firstHour);
  module.days = module.days.filter(([day]) => day > firstDay);
  return module.days.length === 0;
}

/** Errors within 24 hours by the hour, up to the newest of them. */
export function errorsOfDay({ hours }: Module): number {
  const newest = Math.max(...hours.map(([hour]) => hour));
  return hours.reduce((sum, [hour, count]) => (hour > newest - 24 ? sum + count : sum), 0);
}

/**
 * Whether they become more from day to day: of the daily counts, later ones are larger so often that it is hardly chance (Mann
 * 1945, Kendall 1975), and the line through their logarithms (Theil 1950, Sen 1968) rises fast enough and to a number that matters.
 * The day that goes on is no part of it.
 *
 * @param now milliseconds since the epoch
 */
export function risingErrors(
  { days }: Module,
  now: number,
): { readonly days: number; readonly last: number; readonly doublingDays: number } | undefined {
  const today = Math.floor(now / dayMs);
  const first = Math.min(...days.map(([day]) => day));
  const counts = Array.from(
    { length: Math.max(0, today - first) },
    (_, index) => days.find(([day]) => day === first + index)?.[1] ?? 0,
  );
  if (counts.length < fewestDays || kendall(counts) < quantile) return undefined;
  const lastDays = counts.slice(-3);
  if (lastDays.reduce((sum, count) => sum + count, 0) < leastPerDay * lastDays.length) return undefined;
  const line = robustLine(
    counts.map((count, x) => ({ x, y: Math.log2(count + 1) })),
    quantile,
  );
  if (line === undefined || line.slope < leastSlope) return undefined;
  return { days: counts.length, last: counts.at(-1) ?? 0, doublingDays: 1 / line.slope };
}

/**
 * Mann and Kendall's statistic as a quantile of the normal distribution, with the correction for ties and for continuity (Kendall
 * 1975; Gilbert 1987, section 16.4). From six values on it is on the safe side of the exact one.
 */
function kendall(values: readonly number[]): number {
  const n = values.length;
  let rises = 0;
  const alike = new Map<number, number>();
  for (const [index, value] of values.entries()) {
    alike.set(value, (alike.get(value) ?? 0) + 1);
    for (const later of values.slice(index + 1)) rises += Math.sign(later - value);
  }
  let variance = n * (n - 1) * (2 * n + 5);
  for (const ties of alike.values()) variance -= ties * (ties - 1) * (2 * ties + 5);
  return variance <= 0 ? 0 : (rises - 1) / Math.sqrt(variance / 18);
}

function add(counts: [number, number][], at: number): void {
  const known = counts.find(([each]) => each === at);
  if (known === undefined) counts.push([at, 1]);
  else known[1] += 1;
}
