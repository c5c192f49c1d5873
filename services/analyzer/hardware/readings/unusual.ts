import type { Config } from '#shared/config/index.ts';
import type { Clear, Exemplar, Hit, Reading } from '#shared/model/index.ts';
import { slowFans } from './fans.ts';
import { findingOfReading } from './finding-of-reading.ts';
import { forecast } from './forecast.ts';
import { hourMs } from './history.ts';
import { learnedLimits } from './learned.ts';
import { limitKey } from './limits.ts';
import type { OpenFindings } from './open-findings.ts';
import { median } from './robust.ts';
import { rules } from './rules.ts';
import type { Sensor } from './sensor.ts';
import { readingExemplar } from './text.ts';
import { wording } from './wording.ts';

/** After so long, what was unusual is the usual. */
const adaptedMs = 24 * hourMs;
/** A forecast that has not held for so many quarters of an hour is taken back. */
const quartersUnheld = 8;
/** Less than this over its window is no trend, in the unit of the sensor. */
const leastRise = { temperature: 2, percent: 1 } as const;

/** What surrounds a judgement by history. */
export interface Around {
  readonly arrivedAt: number;
  readonly open: OpenFindings;
  readonly config: Pick<Config, 'language' | 'hardware'>;
  /** Since when the machine has been on, where that is known; milliseconds since the epoch. */
  readonly onSince: number | undefined;
}

type Told = (Hit | Clear)[];

/** By the sensor's own history, once an hour of it is complete. @param hour its start */
export function judgeLearned(sensor: Sensor, reading: Reading, hour: number, around: Around): Told {
  const { open, config, arrivedAt } = around;
  const { learn } = config.hardware;
  const { history, name, kind, unit } = sensor;
  if (!learn.enabled || history === undefined) return [];
  const key = `learned ${name}`;
  const said = { at: Date.parse(reading.timestamp), arrivedAt, exemplar: readingExemplar(reading, name) };
  const end = () => {
    sensor.learnedSince = undefined;
    return open.clear(key, said);
  };
  const since = sensor.learnedSince ?? hour;
  const limits = learnedLimits(kind, history.hours, since, learn.minDays);
  const value = history.hours.valueAt(hour);
  if (limits === undefined || hour - since >= adaptedMs) return end();
  const isOpen = open.get(key) !== undefined;
  const slack = isOpen ? limits.margin / 2 : 0;
  const excess = Math.max(value - (limits.high - slack), limits.low + slack - value);
  // What is beyond a limit in force is told by it.
  if (!(excess > 0) || open.get(limitKey(name)) !== undefined) return end();
  sensor.learnedSince = since;
  const { least, most, median: usual, days, margin, warns } = limits;
  const finding = findingOfReading(sensor, reading, {
    rule: rules.learned,
    severity: warns && excess - slack > margin ? 'warning' : 'info',
    detail: wording[config.language].learned({
      ...{ sensor: name, value, unit, least, most, median: usual, days },
    }),
    numbers: { value, least, most, median: usual, days },
    language: config.language,
  });
  return open.see(key, finding, arrivedAt);
}

/** Whether it will cross its next limit soon, once a quarter of an hour is complete. @param quarter its start */
export function judgeForecast(sensor: Sensor, reading: Reading, quarter: number, around: Around): Told {
  const { open, config, arrivedAt, onSince } = around;
  const { history, name, kind, unit, policy } = sensor;
  if (history === undefined || (kind !== 'temperature' && kind !== 'percent')) return [];
  const key = `forecast ${name}`;
  const { upperWarning, upperCritical } = reading.thresholds ?? {};
  const value = history.quarters.valueAt(quarter);
  const next = [
    { limit: upperWarning, severity: 'info' as const },
    { limit: upperCritical, severity: 'warning' as const },
  ].find(({ limit }) => limit !== undefined && limit > value);
  const found =
    next?.limit === undefined
      ? undefined
      : forecast({
          ...{ history, limit: next.limit, at: quarter, since: onSince && onSince + hourMs },
          ...{ horizonHours: config.hardware.forecastHours, leastRise: leastRise[kind] },
        });
  if (next?.limit === undefined || found === undefined) {
    sensor.unheld = open.get(key) === undefined ? 0 : sensor.unheld + 1;
    const isOver = sensor.unheld >= quartersUnheld || next?.limit !== open.get(key)?.numbers?.limit;
    if (!isOver) return [];
    sensor.unheld = 0;
    const exemplar = readingExemplar(reading, name);
    return open.clear(key, { at: Date.parse(reading.timestamp), arrivedAt, exemplar });
  }
  sensor.unheld = 0;
  const { perHour, low, high, hours } = found;
  const [until, latest] = [(found.at - quarter) / hourMs, (found.latest - quarter) / hourMs];
  const finding = findingOfReading(sensor, reading, {
    rule: policy.service === 'system' && kind === 'percent' ? rules.systemForecast : rules.forecast,
    severity: next.severity,
    detail: wording[config.language].forecast({
      ...{
        sensor: name,
        value,
        unit,
        perHour,
        low,
        high,
        limit: next.limit,
        hours: until,
        latest,
        over: hours,
      },
    }),
    numbers: { value, limit: next.limit, perHour, perHourLow: low, perHourHigh: high, hoursUntil: until },
    language: config.language,
  });
  return open.see(key, finding, arrivedAt);
}

/** Fans that have become slower over days, once an hour is complete. @param until its end */
export function judgeFans(
  sensors: readonly Sensor[],
  readings: ReadonlyMap<string, Reading>,
  until: number,
  { arrivedAt, open, config }: Around,
): Told {
  const fans = sensors.filter(
    ({ kind, unit, history }) => kind === 'fan' && unit !== '%' && history !== undefined,
  );
  if (fans.length === 0) return [];
  const slow = new Map(
    slowFans(
      fans.flatMap(({ name, history }) =>
        history === undefined ? [] : [{ key: name, hours: history.hours }],
      ),
      temperatureByHour(sensors, until),
      { until, minDays: config.hardware.learn.minDays, dropPercent: config.hardware.fanDropPercent },
    ).map((each) => [each.key, each]),
  );
  return fans.flatMap((sensor): Told => {
    const reading = readings.get(sensor.name);
    if (reading === undefined) return [];
    const key = `fan ${sensor.name}`;
    const found = slow.get(sensor.name);
    const exemplar: Exemplar = readingExemplar(reading, sensor.name);
    if (found === undefined)
      return open.clear(key, { at: Date.parse(reading.timestamp), arrivedAt, exemplar });
    const { drop, now, before, days, by } = found;
    const say = wording[config.language];
    const facts = { sensor: sensor.name, drop, now, before, days };
    const finding = findingOfReading(sensor, reading, {
      rule: rules.fanSlowing,
      severity: 'warning',
      detail: by === 'fans' ? say.fanByFans(facts) : say.fanByTemperature(facts),
      numbers: { drop, now, before, days },
      language: config.language,
    });
    return open.see(key, finding, arrivedAt);
  });
}

/** Median of the machine's temperatures, by hour. */
function temperatureByHour(sensors: readonly Sensor[], until: number): Map<number, number> {
  const byHour = new Map<number, number[]>();
  for (const { kind, history } of sensors)
    if (kind === 'temperature' && history !== undefined)
      for (const { at, value } of history.hours.between(Number.NEGATIVE_INFINITY, until)) {
        const known = byHour.get(at);
        if (known === undefined) byHour.set(at, [value]);
        else known.push(value);
      }
  return new Map([...byHour].map(([at, values]) => [at, median(values)]));
}
