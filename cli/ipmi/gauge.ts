import type { Thresholds } from '#shared/model/index.ts';

/**
 * Where a value stands between its limits, as `│┊────●─────┊│`: `│` critical limits, `┊` warnings, `●` the value. The scale goes from the
 * lowest limit to the highest, from 0 where there are upper ones alone, and to twice the highest where there are lower ones
 * alone; a value beyond it widens it. Blank where there is no limit to compare with.
 *
 * @param columns of the whole, at least 3
 */
export function gauge(value: number | undefined, limits: Thresholds, columns: number): string {
  const warnings = [limits.lowerWarning, limits.upperWarning].filter(isNumber);
  const criticals = [
    limits.lowerCritical,
    limits.upperCritical,
    limits.lowerNonRecoverable,
    limits.upperNonRecoverable,
  ].filter(isNumber);
  const all = [...warnings, ...criticals];
  if (value === undefined || !Number.isFinite(value) || all.length === 0) return ' '.repeat(columns);
  const hasLower = isNumber(limits.lowerWarning ?? limits.lowerCritical ?? limits.lowerNonRecoverable);
  const hasUpper = isNumber(limits.upperWarning ?? limits.upperCritical ?? limits.upperNonRecoverable);
  const low = Math.min(value, ...all, ...(hasLower ? [] : [0]));
  const high = Math.max(value, ...all, ...(hasUpper ? [] : [2 * Math.max(...all)]));
  const place = (at: number): number =>
    high === low ? 0 : Math.round(((at - low) / (high - low)) * (columns - 1));
  const cells = Array.from({ length: columns }, () => '─');
  for (const at of warnings) cells[place(at)] = '┊';
  for (const at of criticals) cells[place(at)] = '│';
  cells[place(value)] = '●';
  return cells.join('');
}

function isNumber(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}
