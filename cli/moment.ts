import { InvalidArgumentError } from 'commander';
import { DateTime } from 'luxon';

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `30m`, `2h`, `1d12h`: milliseconds. For commander. */
export function duration(text: string): number {
  const parts = [...text.matchAll(/(\d{1,6})([smhdw])/g)];
  const ms = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0);
  if (parts.map(([part]) => part).join('') !== text || ms === 0)
    throw new InvalidArgumentError('use a duration as 30m, 2h, 1d12h, 2w');
  return ms;
}

/** A moment as ISO 8601 has it; without an offset it is local time. `2026-11-22`, `2026-11-22T08:00`, `2026-11-22 08:00+08:00`. */
export function moment(text: string): string {
  const iso = DateTime.fromISO(text);
  const read = iso.isValid ? iso : DateTime.fromSQL(text);
  if (!read.isValid)
    throw new InvalidArgumentError(
      'use a date as 2026-11-22, 2026-11-22T08:00 (local time) or 2026-11-22T08:00+08:00',
    );
  return read.toUTC().toJSDate().toISOString();
}
