import { saysError, statedLevel } from '../detect/level.ts';

/** From worst to least; `none`: the line states none, and does not read like an error. */
export const levels = ['fatal', 'error', 'warning', 'info', 'debug', 'none'] as const;
export type Level = (typeof levels)[number];

const names: ReadonlyMap<string, Level> = new Map(
  Object.entries({
    fatal: 'fatal',
    crit: 'fatal',
    critical: 'fatal',
    emerg: 'fatal',
    emergency: 'fatal',
    alert: 'fatal',
    panic: 'fatal',
    severe: 'error',
    err: 'error',
    error: 'error',
    warn: 'warning',
    warning: 'warning',
    notice: 'info',
    info: 'info',
    information: 'info',
    debug: 'debug',
    trace: 'debug',
  } as const),
);

/** The status of an access log: `" 502 1234`. */
const serverError = /" 5\d\d (?:\d|-)/;

/**
 * The level of a line.
 *
 * @param field what the event itself says (`log.level`), of whatever type
 */
export function levelOf(message: string, field: unknown): Level {
  const stated =
    (typeof field === 'string' ? names.get(field.toLowerCase()) : undefined) ??
    names.get(statedLevel(message) ?? '');
  if (stated !== undefined) return stated;
  return saysError(message) || serverError.test(message.slice(0, 4096)) ? 'error' : 'none';
}

export function isError(level: Level): boolean {
  return level === 'error' || level === 'fatal';
}

export function worseLevel(a: Level, b: Level): Level {
  return levels.indexOf(a) <= levels.indexOf(b) ? a : b;
}
