import type { Series } from '#shared/model/index.ts';
import { stepNames } from './time.ts';
import type { ChartView } from './view-model.ts';
import type { Words } from './words/index.ts';

/** Fewer steps than these are no course of anything. */
const fewest = 2;

/** A chart of the series with at most so many steps: of more, neighbours become one. */
export function chartOf(
  series: Series | undefined,
  most: number,
  words: Words,
  timeZone: string,
): ChartView | undefined {
  if (series === undefined || series.counts.length < fewest || most < fewest) return undefined;
  let { counts, stepMs } = series;
  while (counts.length > most) {
    counts = Array.from(
      { length: Math.ceil(counts.length / 2) },
      (_, index) => (counts[2 * index] ?? 0) + (counts[2 * index + 1] ?? 0),
    );
    stepMs *= 2;
  }
  const names = stepNames(series.startAt, stepMs, counts.length, timeZone);
  return {
    label: words.chart,
    points: counts.map((count, index) => ({ at: names[index] ?? '', count })),
  };
}
