import { InvalidArgumentError } from 'commander';
import { LogpatrolError } from '#shared/errors/index.ts';
import { readDuration, readMoment } from './moment.ts';

/** A time between two moments, in milliseconds since the epoch: `from` inclusive, `to` exclusive. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/**
 * A moment: a date, a date and a time (of this machine's zone where it names none), `now`, or a duration such as `2h` for so long
 * ago. For commander.
 */
export function momentFlag(text: string): (now: number) => number {
  if (text === 'now') return (now) => now;
  const ago = readDuration(text);
  if (ago !== undefined) return (now) => now - ago;
  const read = readMoment(text)?.getTime();
  if (read === undefined)
    throw new InvalidArgumentError(
      'write it as 2026-11-20, 2026-11-20T08:00, 2026-11-20T08:00:00Z, or 2h (so long ago)',
    );
  return () => read;
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
