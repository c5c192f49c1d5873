import type { LineTime } from './event-time.ts';
import type { LocalClock } from './local-clock.ts';

/**
 * The ways in which logs write a time. Every pattern is anchored or of fixed shape, so that reading takes linear time, and only
 * the beginning of the line is looked at.
 */

/** Times stand at the front; what looks like one further on belongs to the message. In characters. */
const lookAt = 160;
const dayMs = 24 * 60 * 60 * 1000;

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const month = '(?<mon>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const clock = '(?<h>\\d\\d):(?<mi>\\d\\d):(?<s>\\d\\d)(?:[.,](?<f>\\d{1,9}))?';
const clock12 = '(?<h>\\d{1,2}):(?<mi>\\d\\d):(?<s>\\d\\d)(?:[.,](?<f>\\d{1,9}))?(?:\\s(?<half>[AP]M))?';
/** Names of zones are not unique, but for these. */
const zone = '(?<zone>(?: ?(?:Z|UTC|GMT|[+-]\\d\\d:?\\d\\d)| [+-]\\d\\d(?= \\[))(?![\\d\\w]))';

/** Named groups of a match: `y`, `mo` or `mon`, `d`, `h`, `mi`, `s`, `f` (fraction), `half`, `zone`, or `epoch` and `ms`. */
type Groups = Readonly<Record<string, string | undefined>>;

interface Format {
  readonly pattern: RegExp;
  readonly style?: LineTime['style'];
  /** The groups, where they have to be looked at again first. */
  readonly revise?: (groups: Groups) => Groups;
}

const formats: readonly Format[] = [
  {
    // ISO 8601 and its relatives: 2015-10-18T18:01:47.978Z, 2015-10-18 18:01:47,978 +0800 (log4j, logback), 2015/07/29 19:23:35
    // (nginx, Go), 2026-01-02 03:04:05.123 UTC [71] (PostgreSQL), 2005-06-03-15.42.50.675872 (Blue Gene).
    pattern: new RegExp(
      `(?<!\\d)(?<y>\\d{4})[-/](?<mo>\\d\\d)[-/](?<d>\\d\\d)[T -](?<h>\\d\\d)[:.](?<mi>\\d\\d)[:.](?<s>\\d\\d)(?:[.,](?<f>\\d{1,9}))?${zone}?`,
    ),
  },
  {
    style: 'rfc3164',
    // RFC 3164 and ctime: Nov 21 00:52:59, Mon Dec 05 07:47:36.123456 2005, Fri Nov 21 00:52:59 UTC 2026.
    pattern: new RegExp(
      `\\b${month} {1,2}(?<d>\\d{1,2}) ${clock}(?:(?:(?<zone> UTC| GMT)| [A-Z]{3,5})? (?<y>\\d{4})\\b)?`,
    ),
  },
  {
    // Common log format: 10/Oct/2000:13:55:36 -0700; Django: 10/Oct/2000 13:55:36.
    pattern: new RegExp(`\\b(?<d>\\d{1,2})/${month}/(?<y>\\d{4})[: ]${clock}${zone}?`),
  },
  {
    // Redis: 01 Jan 2024 12:00:00.000; RFC 1123: Sat, 21 Nov 2026 00:52:59 GMT.
    pattern: new RegExp(`\\b(?<d>\\d{1,2}) ${month} (?<y>\\d{4}) ${clock}${zone}?`),
  },
  {
    // klog and glog: E0102 15:04:05.678901.
    pattern: new RegExp(`^[IWEF](?<mo>\\d\\d)(?<d>\\d\\d) {1,2}${clock}`),
  },
  {
    // java.util.logging: Nov 21, 2026 3:04:05 AM.
    pattern: new RegExp(`\\b${month} (?<d>\\d{1,2}), (?<y>\\d{4}),? ${clock12}`),
  },
  {
    // IIS and Windows: 11/21/2026 15:04:05, 1/2/2026 3:04:05 PM; ipmitool: 05/21/2024 | 13:33:50 UTC, and 05/21/24,13:33:50.
    pattern: new RegExp(
      `(?<![\\d/])(?<mo>\\d{1,2})/(?<d>\\d{1,2})/(?<y>\\d{4})(?: \\| |,| )${clock12}${zone}?|(?<![\\d/])(?<mo2>\\d\\d)/(?<d2>\\d\\d)/(?<y2>\\d\\d)(?: \\| |,)(?<h2>\\d\\d):(?<mi2>\\d\\d):(?<s2>\\d\\d)(?<zone2> UTC)?`,
    ),
    revise: (g) =>
      dayFirst(g.y2 === undefined ? g : { ...twoDigitYear(g.y2), mo: g.mo2, d: g.d2, ...second(g) }),
  },
  {
    // Spark: 15/10/18 18:01:47; MySQL before 5.7: 151018 18:01:47, 151018  8:01:47.
    pattern:
      /^(?:(?<yy>\d\d)\/(?<mo>\d\d)\/(?<d>\d\d) (?<h>\d\d)|(?<yy2>\d\d)(?<mo2>\d\d)(?<d2>\d\d) {1,2}(?<h2>\d{1,2})):(?<mi>\d\d):(?<s>\d\d)(?:[.,](?<f>\d{1,9}))?(?!\d)/,
    revise: (g) =>
      g.yy === undefined
        ? { ...g, ...twoDigitYear(g.yy2), mo: g.mo2, d: g.d2, h: g.h2 }
        : { ...g, ...twoDigitYear(g.yy) },
  },
  {
    // 2026年11月21日 03:04:05, 2026年11月21日 下午3时04分05秒.
    pattern:
      /(?<y>\d{4})年(?<mo>\d{1,2})月(?<d>\d{1,2})日 {0,2}(?<half>上午|下午)? ?(?<h>\d{1,2})[:：时](?<mi>\d\d)[:：分](?<s>\d\d)(?:[.,](?<f>\d{1,9}))?秒?/,
  },
  {
    // Without separators: 20261121T030405Z, 20261121 03:04:05.
    pattern: new RegExp(
      `(?<!\\d)(?<y>(?:19|20)\\d\\d)(?<mo>\\d\\d)(?<d>\\d\\d)[T ](?<h>\\d\\d):?(?<mi>\\d\\d):?(?<s>\\d\\d)(?:[.,](?<f>\\d{1,9}))?(?!\\d)${zone}?`,
    ),
  },
  {
    // Seconds or milliseconds since the epoch: as one of the first two words, as in BGL and auditd's msg=audit(1364481363.243:24287),
    // and as JSON loggers write them.
    pattern:
      /(?:^(?:\S{1,40} )?(?:[[(]|\S{0,20}audit\()?|"(?:time|ts|timestamp)": ?)(?<epoch>1\d{9})(?<ms>\d{3})?(?:\.(?<f>\d{1,9}))?(?=[\s\]):,}]|$)/,
  },
];

/**
 * The first time in the line that makes sense.
 *
 * @param earliest what is earlier is none, in milliseconds since the epoch
 */
export function findTime(
  line: string,
  now: number,
  localClock: LocalClock,
  earliest: number,
): LineTime | undefined {
  const head = line.length > lookAt ? line.slice(0, lookAt) : line;
  let first: LineTime | undefined;
  for (const { pattern, style, revise } of formats) {
    const found = pattern.exec(head);
    if (found === null || (first !== undefined && found.index >= first.start)) continue;
    const groups = found.groups ?? {};
    const time = momentOf(revise === undefined ? groups : revise(groups), now, localClock);
    if (!Number.isFinite(time) || time < earliest) continue;
    const [text] = found;
    first = { time, start: found.index, end: found.index + text.length, style: style ?? styleOf(text) };
    if (first.start === 0) break;
  }
  return first;
}

/** RFC 3339 wants a `T` and a zone with a colon. */
function styleOf(text: string): LineTime['style'] {
  return /T.*(?:Z|[+-]\d\d:\d\d)$/.test(text) ? 'rfc3339' : 'other';
}

/** NaN where it makes no sense. */
function momentOf(groups: Groups, now: number, localClock: LocalClock): number {
  const { epoch, ms, y, f } = groups;
  if (epoch !== undefined) return Number(epoch) * 1000 + (ms === undefined ? toMs(f) : Number(ms));
  if (y !== undefined) return inYear(groups, Number(y), now, localClock);
  const year = new Date(now).getFullYear();
  const time = inYear(groups, year, now, localClock);
  // A day's grace for clocks and zones; 29 February makes no sense in most years, and is then looked for in the one before.
  return time <= now + dayMs ? time : inYear(groups, year - 1, now, localClock);
}

/** NaN where a part is out of its range. */
function inYear(groups: Groups, year: number, now: number, localClock: LocalClock): number {
  const { mon, mo, d, h, mi, s, f, half, zone: named } = groups;
  const monthIndex = mon === undefined ? Number(mo) - 1 : months.indexOf(mon.toLowerCase());
  const [day, written, minute, second] = [Number(d), Number(h), Number(mi), Number(s)];
  const hour = half === undefined ? written : twelveHours(written, half);
  if (monthIndex < 0 || monthIndex > 11 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
    return Number.NaN;
  const wall = Date.UTC(year, monthIndex, day, hour, minute, second, toMs(f));
  return named === undefined ? localClock(wall, now) : wall - zoneOffset(named.trim());
}

/** 12 AM is midnight, 12 PM noon. */
function twelveHours(hour: number, half: string): number {
  const isAfternoon = half === 'PM' || half === '下午';
  if (hour > 12) return hour;
  return (hour % 12) + (isAfternoon ? 12 : 0);
}

/** Milliseconds east of Greenwich of `Z`, `UTC`, `+08:00`, `-0700`, `+08`. */
function zoneOffset(name: string): number {
  if (!/^[+-]/.test(name)) return 0;
  const digits = name.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4));
  return (name.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** Where the first number can be no month it is the day, as most of the world writes it. */
function dayFirst(groups: Groups): Groups {
  return Number(groups.mo) > 12 ? { ...groups, mo: groups.d, d: groups.mo } : groups;
}

function twoDigitYear(year = ''): { y: string } {
  return { y: `${Number(year) >= 90 ? '19' : '20'}${year}` };
}

function second({ h2, mi2, s2, zone2 }: Groups): Groups {
  return { h: h2, mi: mi2, s: s2, zone: zone2 };
}

function toMs(fraction = ''): number {
  return Number(fraction.slice(0, 3).padEnd(3, '0'));
}
