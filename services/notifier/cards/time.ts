interface Formats {
  readonly time: Intl.DateTimeFormat;
  readonly offset: Intl.DateTimeFormat;
}

/** Kept, for making one is slow and takes memory outside of the heap that is only given back late. */
const formatsByZone = new Map<string, Formats>();

function formatsOf(timeZone: string): Formats {
  const kept = formatsByZone.get(timeZone);
  if (kept !== undefined) return kept;
  const formats: Formats = {
    // Swedish writes dates as ISO 8601 does.
    time: new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }),
    offset: new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }),
  };
  formatsByZone.set(timeZone, formats);
  return formats;
}

/** A card shows a moment several times, and is rendered until it is small enough. */
const lately = new Map<string, string>();
const mostLately = 200;

/** `2026-11-21 09:00:00 GMT+08:00`: the moment in the zone (IANA name), with its offset. */
export function localTime(timestamp: string, timeZone: string): string {
  const key = `${timestamp} ${timeZone}`;
  const known = lately.get(key);
  if (known !== undefined) return known;
  const moment = new Date(timestamp);
  const { time, offset } = formatsOf(timeZone);
  const zone = offset.formatToParts(moment).find((part) => part.type === 'timeZoneName');
  const text = `${time.format(moment)} ${zone?.value ?? timeZone}`;
  if (lately.size >= mostLately) lately.clear();
  lately.set(key, text);
  return text;
}

const stepFormats = new Map<string, Intl.DateTimeFormat>();

/**
 * Names of the steps of a series on the zone's clock: `09:00`, with the date where the series is longer than a day, with seconds where
 * its steps are shorter than a minute.
 *
 * @param startAt milliseconds since the epoch
 */
export function stepNames(startAt: number, stepMs: number, count: number, timeZone: string): string[] {
  const withDate = stepMs * count > 86_400_000;
  const withSeconds = stepMs < 60_000;
  const key = `${timeZone} ${withDate} ${withSeconds}`;
  let format = stepFormats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      ...(withDate && { month: '2-digit', day: '2-digit' }),
      hour: '2-digit',
      minute: '2-digit',
      ...(withSeconds && { second: '2-digit' }),
    });
    stepFormats.set(key, format);
  }
  const names = new Map<string, number>();
  return Array.from({ length: count }, (_, index) => {
    const name = format.format(startAt + index * stepMs);
    // The hour that a clock goes back comes twice; a chart would put both in one place.
    const times = (names.get(name) ?? 0) + 1;
    names.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}
