/** A time with a zone, as shippers write it and Elasticsearch reads it. */
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Before it there are no logs, only zero values (1970, and year 1 of Go). */
const earliest = Date.UTC(1990, 0, 1);
/** A clock may be ahead of ours by a time zone; what is further ahead is wrong, and would be the newest line for ever. */
const ahead = 24 * 60 * 60 * 1000;

/** The time that a document gets, and whether the event states it in a form that can stay as it is. */
export interface EventTime {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly isAsStated: boolean;
}

/**
 * The time of an event: what it states, where that is a plausible time; else when its record was written, else now.
 *
 * @param stated the event's `@timestamp`, of any type
 * @param recordTime and `now` in milliseconds since the epoch
 */
export function eventTime(stated: unknown, recordTime: number, now: number): EventTime {
  const arrival = isPlausible(recordTime, now) ? recordTime : now;
  const time = typeof stated === 'string' ? Date.parse(stated) : Number.NaN;
  if (typeof stated !== 'string' || !isPlausible(time, now)) return { time: arrival, isAsStated: false };
  return { time, isAsStated: isoTime.test(stated) };
}

function isPlausible(time: number, now: number): boolean {
  return time >= earliest && time <= now + ahead;
}
