import { DateTime } from 'luxon';
import type { Config } from '#shared/config/index.ts';

/** A recurring maintenance window, as the configuration has it. */
export type MaintenanceWindow = Config['maintenance'][number];

/** luxon counts from Monday, 1. */
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Hours of certain days by the clock of a zone: of maintenance, or of a route. */
export type ClockWindow = Pick<MaintenanceWindow, 'days' | 'from' | 'to' | 'timeZone'>;

/**
 * When the window that is open now ends, in milliseconds since the epoch; `undefined` where it is not open. Its days are those
 * on which it begins, its times those of the clock in its zone: in an hour that the clock shows twice it lasts to the end of
 * the second; a time that the clock leaps over is as much later as it leaps (RFC 5545, 3.3.5), and a window is as long as ever
 * where its end would then come before its beginning. `from` equal to `to` is a whole day.
 */
export function openUntil(window: ClockWindow, now: number): number | undefined {
  const last = lastLooks.get(window);
  if (last?.now === now) return last.until;
  const until = lookUp(window, now);
  lastLooks.set(window, { now, until });
  return until;
}

/** On a tick thousands of incidents are judged by the same windows at the same moment. */
const lastLooks = new WeakMap<ClockWindow, { now: number; until: number | undefined }>();

function lookUp(window: ClockWindow, now: number): number | undefined {
  const today = DateTime.fromMillis(now, { zone: window.timeZone }).startOf('day');
  for (const day of [today.minus({ days: 1 }), today]) {
    const weekday = weekdays[day.weekday - 1];
    if (weekday === undefined || !window.days.includes(weekday)) continue;
    const isOverMidnight = window.to <= window.from;
    const start = clockTime(day, window.from);
    const end = clockTime(isOverMidnight ? day.plus({ days: 1 }) : day, window.to, 'last');
    const until = end > start ? end : start + nominalMs(window.from, window.to);
    if (start <= now && now < until) return until;
  }
  return undefined;
}

/** The moment at which the clock shows this time on that day. */
function clockTime(day: DateTime, time: string, which: 'first' | 'last' = 'first'): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const shown = day.set({ hour, minute });
  const moments = shown.getPossibleOffsets().map((each) => each.toMillis());
  return which === 'first' ? Math.min(...moments) : Math.max(...moments);
}

function nominalMs(from: string, to: string): number {
  const minutes = (time: string) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    return 60 * hour + minute;
  };
  const length = minutes(to) - minutes(from);
  return (length > 0 ? length : length + 1440) * 60_000;
}
