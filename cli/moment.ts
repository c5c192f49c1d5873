import { InvalidArgumentError } from 'commander';
import { DateTime } from 'luxon';

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `30m`, `2h`, `1d12h`: milliseconds; `undefined` where it is none. */
export function readDuration(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d{1,6})([smhdw])/g)];
  const ms = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0);
  return parts.map(([part]) => part).join('') !== text || ms === 0 ? undefined : ms;
}

/**
 * A moment as ISO 8601 has it; without an offset it is local time: `2026-11-22`, `2026-11-22T08:00`, `2026-11-22 08:00+08:00`.
 * `undefined` where it is none.
 */
export function readMoment(text: string): Date | undefined {
  const iso = DateTime.fromISO(text);
  const read = iso.isValid ? iso : DateTime.fromSQL(text);
  return read.isValid ? read.toJSDate() : undefined;
}

/** A duration in milliseconds; for commander. */
export function duration(text: string): number {
  const ms = readDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('use a duration as 30m, 2h, 1d12h, 2w');
  return ms;
}

/** A moment in ISO 8601, of UTC; for commander. */
export function moment(text: string): string {
  const read = readMoment(text);
  if (read === undefined)
    throw new InvalidArgumentError(
      'use a date as 2026-11-22, 2026-11-22T08:00 (local time) or 2026-11-22T08:00+08:00',
    );
  return read.toISOString();
}
