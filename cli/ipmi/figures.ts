import type { Reading } from '#shared/model/index.ts';

/** Units as people write them. */
const shownUnits: Readonly<Record<string, string>> = { Cel: '°C', 'By/s': 'B/s', '/s': '/s' };

/** A number with as many digits as say something: `12.06`, `46.5`, `5600`. */
export function figure(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 2 ? 2 : 3;
  return String(Number(value.toFixed(digits)));
}

/** `46 °C`; `12 %`. */
export function withUnit(value: number, unit: string | undefined): string {
  return unit === undefined || unit === '' ? figure(value) : `${figure(value)} ${shownUnits[unit] ?? unit}`;
}

/** The limit that a reading is beyond, as `≥ 80`; empty where it is within, or nothing says so. */
export function crossedLimit({ value, status, thresholds = {} }: Reading): string {
  if (value === undefined || (status !== 'critical' && status !== 'warning')) return '';
  const {
    upperNonRecoverable,
    upperCritical,
    upperWarning,
    lowerNonRecoverable,
    lowerCritical,
    lowerWarning,
  } = thresholds;
  const above = [upperNonRecoverable, upperCritical, upperWarning].find(
    (limit) => limit !== undefined && value >= limit,
  );
  if (above !== undefined) return `≥ ${figure(above)}`;
  const below = [lowerNonRecoverable, lowerCritical, lowerWarning].find(
    (limit) => limit !== undefined && value <= limit,
  );
  return below === undefined ? '' : `≤ ${figure(below)}`;
}

/** `8 s`, `5 min`, `3 h`, `2 d`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
