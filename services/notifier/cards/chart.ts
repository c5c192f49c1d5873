import type { Finding, MachineReading, Series } from '#shared/model/index.ts';
import { cut, oneLine } from './plain.ts';
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
    type: 'bar',
    label: words.chart,
    points: counts.map((count, index) => ({ at: names[index] ?? '', count })),
  };
}

const longestName = 40;

/** The course of the sensor that the finding is about, where it is about one and its readings are known. */
export function sensorChartOf(finding: Finding, words: Words, timeZone: string): ChartView | undefined {
  const sensor = finding.labels?.sensor;
  const reading = finding.machines?.[0]?.readings.find((one) => one.sensor === sensor);
  const trend = reading?.trend;
  if (reading === undefined || trend === undefined) return undefined;
  const names = stepNames(trend.startAt, trend.stepMs, trend.means.length, timeZone);
  const points = trend.means.flatMap((mean, index) =>
    mean === null ? [] : [{ at: names[index] ?? '', count: mean }],
  );
  if (points.length < fewest) return undefined;
  const unit = reading.unit === undefined ? '' : ` (${unitOf(reading.unit)})`;
  const name = `${cut(oneLine(reading.sensor), longestName)}${unit}`;
  return { type: 'line', label: [name, ...limitsOf(reading, words)].join(' · '), points };
}

/** As people write it. */
export function unitOf(unit: string): string {
  return unit === 'Cel' ? '°C' : cut(oneLine(unit), 12);
}

/** Such as `≥ 65 warning`. */
function limitsOf({ thresholds = {} }: MachineReading, words: Words): string[] {
  const { lowerCritical, lowerWarning, upperWarning, upperCritical } = thresholds;
  return [
    ['≤', lowerCritical, 'critical'] as const,
    ['≤', lowerWarning, 'warning'] as const,
    ['≥', upperWarning, 'warning'] as const,
    ['≥', upperCritical, 'critical'] as const,
  ].flatMap(([sign, limit, severity]) =>
    limit === undefined ? [] : [`${sign} ${limit} ${words.severity[severity]}`],
  );
}
