import { DateTime } from 'luxon';
import type { Schedule } from './job.ts';
import type { JobState } from './job-state.ts';

const minute = 60_000;

/** A run that never came to an end (its process died) is begun anew so often, and then waits for its next time. */
const mostAttempts = 3;

/** When the clock of the zone showed this time last; milliseconds since the epoch. In the hour that a zone skips, the hour after. */
export function lastTimeAt(now: number, at: string, timeZone: string): number {
  const [hour = 0, minuteOfHour = 0] = at.split(':').map(Number);
  const today = DateTime.fromMillis(now, { zone: timeZone }).set({
    hour,
    minute: minuteOfHour,
    second: 0,
    millisecond: 0,
  });
  return (today.toMillis() <= now ? today : today.minus({ days: 1 })).toMillis();
}

/** Whether a job is to begin now. What was missed while nothing ran is made up for once. */
export function isDue(schedule: Schedule, state: JobState, now: number): boolean {
  const begun = state.startedAt;
  if ('everyMinutes' in schedule) return now - (begun ?? state.since) >= schedule.everyMinutes * minute;
  const due = lastTimeAt(now, schedule.at, schedule.timeZone);
  if (due <= state.since) return false;
  if (begun === undefined || begun < due) return true;
  const isUnfinished = state.endedAt === undefined || state.endedAt < begun;
  return isUnfinished && state.attempts < mostAttempts;
}
