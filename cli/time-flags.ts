import { InvalidArgumentError } from 'commander';
import { readDuration } from '#services/analyzer/detect/rules/quota.ts';
import { LogpatrolError } from '#shared/errors/index.ts';

/** A time between two moments, in milliseconds since the epoch: `from` inclusive, `to` exclusive. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

const moment = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)?$/;

/** A duration such as `10m` or `3d`, in milliseconds; for commander. */
export function durationFlag(text: string): number {
  const duration = readDuration(text);
  if (duration === undefined) throw new InvalidArgumentError('write it as 30s, 10m, 2h or 3d');
  return duration;
}

/**
 * A moment: a date, a date and a time (of this machine's zone where it names none), `now`, or a duration such as `2h` for so long
 * ago. For commander.
 */
export function momentFlag(text: string): (now: number) => number {
  if (text === 'now') return (now) => now;
  const ago = readDuration(text);
  if (ago !== undefined) return (now) => now - ago;
  // A date alone is its midnight here, and not in Greenwich as `Date.parse` would have it.
  const parsed = moment.test(text) ? Date.parse(text.length === 10 ? `${text}T00:00` : text) : Number.NaN;
  if (Number.isNaN(parsed))
    throw new InvalidArgumentError(
      'write it as 2026-11-20, 2026-11-20T08:00, 2026-11-20T08:00:00Z, or 2h (so long ago)',
    );
  return () => parsed;
}

/**
 * The time that flags mean: `from` to `to`, each with a default: `to` now, `from` so long before.
 *
 * @param lengthMs the default length
 * @throws LogpatrolError `usage` where it ends before it begins
 */
export function timeSpan(
  flags: { readonly from?: (now: number) => number; readonly to?: (now: number) => number },
  lengthMs: number,
  now: number,
): TimeSpan {
  const to = flags.to?.(now) ?? now;
  const from = flags.from?.(now) ?? to - lengthMs;
  if (from < to) return { from, to };
  const remedy = flags.to === undefined ? '--from lies in the future' : '--from has to be earlier than --to';
  throw new LogpatrolError(
    'usage',
    `the time ends before it begins: ${new Date(from).toISOString()} to ${new Date(to).toISOString()}; ${remedy}`,
  );
}
