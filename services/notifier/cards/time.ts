/** `2026-11-21 09:00:00 GMT+08:00`: the moment in the zone (IANA name), with its offset. */
export function localTime(timestamp: string, timeZone: string): string {
  const moment = new Date(timestamp);
  // Swedish writes dates as ISO 8601 does.
  const time = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const offset = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
    .formatToParts(moment)
    .find((part) => part.type === 'timeZoneName');
  return `${time.format(moment)} ${offset?.value ?? timeZone}`;
}
