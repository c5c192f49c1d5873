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

/** `2026-11-21 09:00:00 GMT+08:00`: the moment in the zone (IANA name), with its offset. */
export function localTime(timestamp: string, timeZone: string): string {
  const moment = new Date(timestamp);
  const { time, offset } = formatsOf(timeZone);
  const zone = offset.formatToParts(moment).find((part) => part.type === 'timeZoneName');
  return `${time.format(moment)} ${zone?.value ?? timeZone}`;
}
