import type { Reading, SensorStatus } from '#shared/model/index.ts';

const worstFirst = ['critical', 'warning', 'ok', 'unknown', 'absent'] as const;

/** The worst of them; `unknown` where there is none. What is absent or unknown is no worse than what is ok. */
export function worst(readings: readonly Pick<Reading, 'status'>[]): SensorStatus {
  const found = new Set(readings.map(({ status }) => status));
  const status = worstFirst.find((each) => found.has(each));
  return status === undefined || status === 'absent' ? 'unknown' : status;
}

/** Distances to a processor's limit, in degrees as well: how much colder it is, often below zero. */
const distance = /margin|mgn|delta|dts|prochot|throttl/i;

/** Mean of the temperatures in °C. */
export function temperatureMean(readings: readonly Reading[]): number | undefined {
  const values = readings.flatMap(({ sensorKind, sensor, unit, value, ignored }) =>
    sensorKind === 'temperature' &&
    unit === 'Cel' &&
    value !== undefined &&
    ignored !== true &&
    !distance.test(sensor)
      ? [value]
      : [],
  );
  if (values.length === 0) return undefined;
  return Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 10) / 10;
}

/** The slowest fan in RPM. A fan that stands still and is not found fault with is an empty place. */
export function fanMin(readings: readonly Reading[]): number | undefined {
  const speeds = readings.flatMap(({ sensorKind, unit, value, status, ignored }) => {
    if (sensorKind !== 'fan' || unit !== 'RPM' || value === undefined || ignored === true) return [];
    return value === 0 && status !== 'critical' && status !== 'warning' ? [] : [value];
  });
  return speeds.length === 0 ? undefined : Math.min(...speeds);
}

const wholeMachine =
  /\b(?:sys(?:tem)?|total|chassis|server|node|platform|consumption|input)\b|power ?meter|pwr ?meter/i;
const partOfIt =
  /cpu|proc|p\d\b|dimm|mem|ddr|gpu|pci|fan|hdd|ssd|disk|drive|nvme|raid|vr\b|vrm?|soc|min|max|avg|average|peak|limit|cap|budget/i;
const supply = /ps\s?u?\s?\d|ps\b|psu|power supply/i;
const output = /out|_o\b|dc\b/i;

/**
 * What the machine takes, in watts: what a sensor of the whole machine says (the most, where there are several of one thing), else
 * what goes into its power supplies, else what comes out of them.
 */
export function powerWatts(readings: readonly Reading[]): number | undefined {
  const found = readings.flatMap(({ sensorKind, unit, sensor, entity, value, ignored }) =>
    sensorKind === 'power' && unit === 'W' && value !== undefined && value >= 0 && ignored !== true
      ? [{ sensor: sensor.replaceAll('_', ' '), entity: entity ?? '', value }]
      : [],
  );
  const supplies = found.filter(({ sensor, entity }) => supply.test(sensor) || supply.test(entity));
  const whole = found.filter(
    (one) => !supplies.includes(one) && wholeMachine.test(one.sensor) && !partOfIt.test(one.sensor),
  );
  const most = whole.length > 0 ? whole : found.filter((one) => /^(?:power|pwr|watts?)$/i.test(one.sensor));
  if (most.length > 0) return Math.max(...most.map(({ value }) => value));
  const inputs = supplies.filter(({ sensor }) => !output.test(sensor));
  const summed = inputs.length > 0 ? inputs : supplies;
  return summed.length === 0 ? undefined : summed.reduce((sum, { value }) => sum + value, 0);
}
