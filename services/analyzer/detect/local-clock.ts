/**
 * The moment at which clocks of a zone show what a line without a zone says.
 *
 * @param wall what is written, as if it were UTC: `Date.UTC(…)`, in milliseconds
 * @param now milliseconds since the epoch: of the two moments at which clocks show an hour that is repeated (the end of daylight
 * saving time), the later one that is not in the future
 * @returns milliseconds since the epoch; where clocks skip the hour, as if they had not been moved yet
 */
export type LocalClock = (wall: number, now: number) => number;

/** Milliseconds east of Greenwich at a moment. */
type Offset = (moment: number) => number;

const dayMs = 24 * 60 * 60 * 1000;
const minuteMs = 60_000;
/** Clocks are moved at whole quarters of an hour, in UTC too. */
const quarterMs = 15 * minuteMs;
/** Quarters of an hour whose offsets are remembered: more than two weeks of them. */
const maxRemembered = 2000;
/** Clocks of other hosts may be ahead by so much. */
const grace = 5 * minuteMs;

/**
 * @param timeZone IANA name, as `Asia/Shanghai`; absent: the zone of this process (`TZ`)
 * @throws RangeError where there is no such zone
 */
export function createLocalClock(timeZone?: string): LocalClock {
  const offsetAt = timeZone === undefined ? processOffset : zoneOffset(timeZone);
  return (wall, now) => {
    const before = offsetAt(wall - dayMs);
    const after = offsetAt(wall + dayMs);
    if (before === after) return wall - before;
    const moments = [wall - before, wall - after].filter((moment) => wall - moment === offsetAt(moment));
    const [first = wall - before] = moments;
    return moments.findLast((moment) => moment <= now + grace) ?? first;
  };
}

function processOffset(moment: number): number {
  return -new Date(moment).getTimezoneOffset() * minuteMs;
}

/** Asks Intl, which takes some microseconds, once for each quarter of an hour. */
function zoneOffset(timeZone: string): Offset {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset', year: 'numeric' });
  const remembered = new Map<number, number>();
  return (moment) => {
    const quarter = Math.floor(moment / quarterMs);
    const known = remembered.get(quarter);
    if (known !== undefined) return known;
    const offset = readOffset(format.formatToParts(quarter * quarterMs));
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(quarter, offset);
    return offset;
  };
}

/** `GMT+08:00`, `GMT-03:30`, `GMT`. */
function readOffset(parts: readonly Intl.DateTimeFormatPart[]): number {
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0', seconds = '0'] =
    /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name) ?? [];
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -ms : ms;
}
