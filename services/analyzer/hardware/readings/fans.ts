import { type History, hourMs } from './history.ts';
import { deviation, median } from './robust.ts';

const dayMs = 24 * hourMs;
/** What a fan does now is the median of so much; what it did, of what is older, up to two weeks. */
const recentMs = dayMs;
const fewestRecent = 12;
/** Peers that a fan is compared with; with fewer, hours of like temperature are compared. */
const fewestPeers = 2;
/** Hours are alike in temperature within so many degrees. */
const alikeDegrees = 1.5;
const fewestAlike = 6;
/** The drop is so many times the usual spread of what is compared. */
const overNoise = 4;
/** Of the last hours so many show at least half of the drop: it stays. */
const lasting = 0.9;

/** A fan of a machine, with the hours that it has. */
export interface FanHistory {
  readonly key: string;
  readonly hours: History['hours'];
}

/** A fan that has become slower than it was. */
export interface SlowFan {
  readonly key: string;
  /** Percent by which it is slower. */
  readonly drop: number;
  /** RPM in the median: now, and what it would be now if it were as it was. */
  readonly now: number;
  readonly before: number;
  readonly days: number;
  /** What it was compared by. */
  readonly by: 'fans' | 'temperature';
}

interface Compared {
  readonly at: number;
  /** The fan's speed as a part of what it is compared with. */
  readonly ratio: number;
  readonly speed: number;
}

/**
 * Fans that have become slower over days while the others have not: by their speed as a part of the median of the other fans, whose
 * duty and air are the same; on machines with fewer than three fans, by hours at like temperature. Where several fans drop together
 * it is their control, and none is named. @param until milliseconds since the epoch, whole hour @param minDays of history before it
 */
export function slowFans(
  fans: readonly FanHistory[],
  temperature: ReadonlyMap<number, number>,
  { until, minDays, dropPercent }: { until: number; minDays: number; dropPercent: number },
): SlowFan[] {
  const byFan = fans.map((fan) => ({
    fan,
    hours: new Map(
      fan.hours
        .between(Number.NEGATIVE_INFINITY, until)
        .filter(({ value }) => value > 0)
        .map(({ at, value }) => [at, value]),
    ),
  }));
  const found: SlowFan[] = [];
  for (const { fan, hours } of byFan) {
    const others = byFan.filter((other) => other.fan !== fan);
    const by = others.length >= fewestPeers ? 'fans' : 'temperature';
    const compared: Compared[] =
      by === 'fans'
        ? comparedWithFans(
            hours,
            others.map((other) => other.hours),
          )
        : comparedAtLikeTemperature(hours, temperature, until);
    const slow = judge(compared, { until, minDays, dropPercent });
    if (slow !== undefined) found.push({ key: fan.key, by, ...slow });
  }
  return found.length > Math.max(1, fans.length / 4) ? [] : found;
}

function comparedWithFans(
  hours: ReadonlyMap<number, number>,
  others: readonly ReadonlyMap<number, number>[],
): Compared[] {
  return [...hours].flatMap(([at, speed]) => {
    const peers = others.flatMap((other) => other.get(at) ?? []);
    return peers.length < fewestPeers ? [] : [{ at, speed, ratio: speed / median(peers) }];
  });
}

/** Each hour by the hours of the older half of the history that were as warm, where there are enough of them. */
function comparedAtLikeTemperature(
  hours: ReadonlyMap<number, number>,
  temperature: ReadonlyMap<number, number>,
  until: number,
): Compared[] {
  const known = [...hours].flatMap(([at, speed]) => {
    const degrees = temperature.get(at);
    return degrees === undefined ? [] : [{ at, speed, degrees }];
  });
  const before = known.filter(({ at }) => at < endOfOlderHalf(known[0]?.at ?? until, until));
  return known.flatMap(({ at, speed, degrees }) => {
    const alike = before.filter((other) => Math.abs(other.degrees - degrees) <= alikeDegrees);
    return alike.length < fewestAlike
      ? []
      : [{ at, speed, ratio: speed / median(alike.map((other) => other.speed)) }];
  });
}

/** What a fan was is told by the older half of what is before the last day: one that has been failing for a week is no measure of itself. */
function endOfOlderHalf(first: number, until: number): number {
  return first + (until - recentMs - first) / 2;
}

function judge(
  compared: readonly Compared[],
  { until, minDays, dropPercent }: { until: number; minDays: number; dropPercent: number },
): Omit<SlowFan, 'key' | 'by'> | undefined {
  const recent = compared.filter(({ at }) => at >= until - recentMs);
  const all = compared.filter(({ at }) => at < until - recentMs);
  const first = all[0]?.at ?? until;
  const days = (until - first) / dayMs;
  if (recent.length < fewestRecent || days < minDays + 1) return undefined;
  const before = all.filter(({ at }) => at < endOfOlderHalf(first, until));
  if (before.length < fewestRecent) return undefined;
  const ratios = before.map(({ ratio }) => ratio);
  const was = median(ratios);
  const is = median(recent.map(({ ratio }) => ratio));
  const part = 1 - is / was;
  if (part * 100 < dropPercent || was - is < overNoise * deviation(ratios, was)) return undefined;
  const half = was * (1 - part / 2);
  if (recent.filter(({ ratio }) => ratio < half).length < lasting * recent.length) return undefined;
  const now = median(recent.map(({ speed }) => speed));
  return { drop: part * 100, now, before: (now * was) / is, days };
}
