interface Formats {
  readonly time: Intl.DateTimeFormat;
  readonly offset: Intl.DateTimeFormat;
  /** The last offset that was asked for, and the quarter of an hour that it is of: clocks are changed at the end of one. */
  last: { readonly quarter: number; readonly name: string };
}

const quarterMs = 15 * 60_000;

/** Kept, for making one is slow and takes memory outside of the heap that is only given back late. */
const formatsByZone = new Map<string, Formats>();

function formatsOf(timeZone: string): Formats {
  const kept = formatsByZone.get(timeZone);
  if (kept !== undefined) return kept;
  const formats: Formats = {
    // Swedish writes dates as ISO 8601 does.
    time: new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }),
    offset: new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }),
    last: { quarter: Number.NaN, name: '' },
  };
  formatsByZone.set(timeZone, formats);
  return formats;
}

function offsetOf(formats: Formats, moment: Date, timeZone: string): string {
  const quarter = Math.floor(moment.getTime() / quarterMs);
  if (formats.last.quarter !== quarter) {
    const zone = formats.offset.formatToParts(moment).find((part) => part.type === 'timeZoneName');
    formats.last = { quarter, name: zone?.value ?? timeZone };
  }
  return formats.last.name;
}

/** `2026-11-21 09:00:00 GMT+08:00`: the moment in the zone (IANA name), with its offset. */
export function localTime(timestamp: string, timeZone: string): string {
  const moment = new Date(timestamp);
  const formats = formatsOf(timeZone);
  return `${formats.time.format(moment)} ${offsetOf(formats, moment, timeZone)}`;
}
