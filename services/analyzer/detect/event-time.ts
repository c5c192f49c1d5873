/**
 * The time inside a log line. Every pattern is anchored or of fixed shape, so that reading takes linear time, and only the
 * beginning of the line is looked at. A time without zone is the local time of this process (`TZ`).
 */
export interface LineTime {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Where it stands in the line: `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** How it is written, where that is one of syslog's ways, so that a syslog header may follow. */
  readonly style: 'rfc3164' | 'rfc3339' | 'other';
}

/** Times stand at the front; what looks like one further on belongs to the message. In characters. */
const lookAt = 160;
/** Earlier than any log worth reading: a zero value, or a clock that was never set. */
const earliest = Date.UTC(1990, 0, 1);
const dayMs = 24 * 60 * 60 * 1000;

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const month = '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const clock = '(\\d\\d):(\\d\\d):(\\d\\d)(?:[.,](\\d{1,9}))?';

interface Parts {
  readonly year: number | undefined;
  /** 0 to 11. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly fraction: string | undefined;
  readonly zone: string | undefined;
}

interface Format {
  style?(text: string): LineTime['style'];
  readonly pattern: RegExp;
  read(groups: readonly (string | undefined)[], now: number): number;
}

const formats: readonly Format[] = [
  {
    style: (text) => (/T.*(?:Z|[+-]\d\d:\d\d)$/.test(text) ? 'rfc3339' : 'other'),
    // ISO 8601 and its relatives: 2015-10-18T18:01:47.978Z, 2015-10-18 18:01:47,978 +0800 (log4j), 2015/07/29 19:23:35 (nginx,
    // Go), 2005-06-03-15.42.50.675872 (BGL).
    pattern:
      /(?<!\d)(\d{4})[-/](\d\d)[-/](\d\d)[T -](\d\d)[:.](\d\d)[:.](\d\d)(?:[.,](\d{1,9}))?( ?(?:Z|[+-]\d\d:?\d\d)(?!\d))?/,
    read: ([, y, mo, d, h, mi, s, fraction, zone], now) =>
      fromParts(
        { ...numbers(y, h, mi, s), month: Number(mo) - 1, day: Number(d), fraction, zone: zone?.trim() },
        now,
      ),
  },
  {
    style: () => 'rfc3164',
    // RFC 3164 and ctime: Nov 21 00:52:59, Mon Dec 05 07:47:36.123456 2005.
    pattern: new RegExp(`\\b${month} {1,2}(\\d{1,2}) ${clock}(?: (\\d{4})\\b)?`),
    read: ([, mo, d, h, mi, s, fraction, y], now) =>
      fromParts(
        { ...numbers(y, h, mi, s), month: monthOf(mo), day: Number(d), fraction, zone: undefined },
        now,
      ),
  },
  {
    // Common log format: 10/Oct/2000:13:55:36 -0700.
    pattern: new RegExp(`\\b(\\d{1,2})/${month}/(\\d{4}):${clock}(?: ([+-]\\d{4}))?`),
    read: ([, d, mo, y, h, mi, s, fraction, zone], now) =>
      fromParts({ ...numbers(y, h, mi, s), month: monthOf(mo), day: Number(d), fraction, zone }, now),
  },
  {
    // Redis: 01 Jan 2024 12:00:00.000.
    pattern: new RegExp(`\\b(\\d{1,2}) ${month} (\\d{4}) ${clock}`),
    read: ([, d, mo, y, h, mi, s, fraction], now) =>
      fromParts(
        { ...numbers(y, h, mi, s), month: monthOf(mo), day: Number(d), fraction, zone: undefined },
        now,
      ),
  },
  {
    // klog and glog: E0102 15:04:05.678901.
    pattern: new RegExp(`^[IWEF](\\d\\d)(\\d\\d) {1,2}${clock}`),
    read: ([, mo, d, h, mi, s, fraction], now) =>
      fromParts(
        { ...numbers(undefined, h, mi, s), month: Number(mo) - 1, day: Number(d), fraction, zone: undefined },
        now,
      ),
  },
  {
    // Seconds or milliseconds since the epoch, as one of the first two words: BGL, auditd's msg=audit(1364481363.243:24287).
    pattern: /^(?:\S{1,40} )?(?:[[(]|\S{0,20}audit\()?(1\d{9})(\d{3})?(?:\.(\d{1,6}))?(?=[\s\]):,]|$)/,
    read: ([, seconds, milliseconds, fraction]) =>
      Number(seconds) * 1000 + (milliseconds === undefined ? toMs(fraction) : Number(milliseconds)),
  },
];

/**
 * The first time in the line, or `undefined` where it has none that makes sense.
 *
 * @param now milliseconds since the epoch; a time without a year gets the last year in which it is not in the future
 */
export function lineTime(line: string, now: number): LineTime | undefined {
  const head = line.length > lookAt ? line.slice(0, lookAt) : line;
  let first: LineTime | undefined;
  for (const format of formats) {
    const found = format.pattern.exec(head);
    if (found === null || (first !== undefined && found.index >= first.start)) continue;
    const time = format.read(found, now);
    if (Number.isFinite(time) && time >= earliest)
      first = {
        time,
        start: found.index,
        end: found.index + found[0].length,
        style: format.style?.(found[0]) ?? 'other',
      };
  }
  return first;
}

/**
 * When a line happened: the time in it, else the shipper's, else when it was read; never after it was read, for clocks err and
 * lines lie.
 *
 * @param shipped ISO 8601, as `@timestamp` has it
 * @param readAt milliseconds since the epoch
 */
export function eventTime(inLine: LineTime | undefined, shipped: string | undefined, readAt: number): number {
  if (inLine !== undefined) return Math.min(inLine.time, readAt);
  const parsed = shipped === undefined ? Number.NaN : Date.parse(shipped);
  return parsed >= earliest ? Math.min(parsed, readAt) : readAt;
}

function numbers(year: string | undefined, hour = '', minute = '', second = '') {
  return {
    year: year === undefined ? undefined : Number(year),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
  };
}

function monthOf(name = ''): number {
  return months.indexOf(name.toLowerCase());
}

function toMs(fraction = ''): number {
  return Number(fraction.slice(0, 3).padEnd(3, '0'));
}

function fromParts(parts: Parts, now: number): number {
  if (parts.year !== undefined) return inYear(parts, parts.year);
  const year = new Date(now).getFullYear();
  const time = inYear(parts, year);
  // A day's grace for clocks and zones; 29 February makes no sense in most years, and is then looked for in the one before.
  return time <= now + dayMs ? time : inYear(parts, year - 1);
}

/** NaN where a part is out of its range. */
function inYear(parts: Parts, year: number): number {
  const { month: m, day, hour, minute, second, fraction, zone } = parts;
  if (m < 0 || m > 11 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return Number.NaN;
  if (zone === undefined) return new Date(year, m, day, hour, minute, second, toMs(fraction)).getTime();
  return Date.UTC(year, m, day, hour, minute, second, toMs(fraction)) - zoneOffset(zone);
}

/** Milliseconds east of Greenwich of `Z`, `+08:00`, `-0700`. */
function zoneOffset(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
