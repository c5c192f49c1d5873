export { localTime } from '#shared/text/local-time.ts';

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
