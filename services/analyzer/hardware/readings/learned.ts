import type { SensorKind } from '#shared/model/index.ts';
import { hourMs } from './history.ts';
import { deviation, median } from './robust.ts';
import type { Slots } from './slots.ts';

const dayHours = 24;
/** So many deviations from the median of its history. */
const deviations = 6;
/** Of the range that the history spans. */
const ofRange = 0.5;
/** A history shorter than a week has not seen every day of it: margins grow by the root of what is missing. */
const wholeDays = 7;
/** Of the hours of its history, so many must be known. */
const coverage = 0.6;

/** The least that an hour must be beyond all hours of the history: absolute, and as a part of the median. */
interface Margin {
  readonly absolute: number;
  readonly relative: number;
  readonly above: boolean;
  readonly below: boolean;
  /** Twice as far beyond is a warning; else what is unusual is a hint. */
  readonly warns: boolean;
}

/**
 * What is judged by its history. A fan that is faster and a machine that draws more follow the load, so that they have wide
 * margins; less current or power is no fault, and a cold sensor neither. Figures: decision 0015.
 */
const margins: Partial<Record<SensorKind, Margin>> = {
  temperature: { absolute: 8, relative: 0.15, above: true, below: false, warns: true },
  fan: { absolute: 300, relative: 0.25, above: true, below: true, warns: false },
  voltage: { absolute: 0.02, relative: 0.025, above: true, below: true, warns: true },
  current: { absolute: 0.5, relative: 0.5, above: true, below: false, warns: false },
  power: { absolute: 50, relative: 0.5, above: true, below: false, warns: false },
};

/** What is usual of a sensor: an hour's median beyond these is not. In the unit of the sensor. */
export interface LearnedLimits {
  readonly low: number;
  readonly high: number;
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly margin: number;
  /** Length of the history. */
  readonly days: number;
  readonly warns: boolean;
}

/**
 * The limits that follow from the hours before `until`; undefined where there are too few of them, or where the kind is not judged
 * so. @param until milliseconds since the epoch
 */
export function learnedLimits(
  kind: SensorKind,
  hours: Slots,
  until: number,
  minDays: number,
): LearnedLimits | undefined {
  const margin = margins[kind];
  if (margin === undefined) return undefined;
  const known = hours.between(Number.NEGATIVE_INFINITY, until);
  const [first] = known;
  const last = known.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const length = (last.at - first.at) / hourMs + 1;
  const days = length / dayHours;
  // A day at the least, whatever is configured: of a part of one nobody knows the rest.
  if (days < Math.max(1, minDays) || known.length < coverage * length) return undefined;
  const values = known.map(({ value }) => value);
  const middle = median(values);
  const spread = deviations * deviation(values, middle);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const beyond =
    Math.max(margin.absolute, margin.relative * Math.abs(middle), ofRange * (most - least)) *
    Math.max(1, Math.sqrt(wholeDays / days));
  return {
    low: margin.below ? Math.min(least - beyond, middle - spread) : Number.NEGATIVE_INFINITY,
    high: margin.above ? Math.max(most + beyond, middle + spread) : Number.POSITIVE_INFINITY,
    ...{ median: middle, least, most, margin: beyond, days, warns: margin.warns },
  };
}
