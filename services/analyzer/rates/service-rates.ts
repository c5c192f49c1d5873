import type { Baseline } from '#shared/model/index.ts';
import { historyGapMs, Kind, keyOf } from './kind.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayHours = 24;

/** The kinds of lines of one service, and all of them together. */
export class ServiceRates {
  readonly whole: Kind;
  /** By template id, the least recently seen first. */
  readonly kinds = new Map<string, Kind>();
  /** Kinds that are unusual at present: their template ids. */
  readonly spiking = new Set<string>();
  readonly silent = new Set<string>();
  /** The minute up to which kinds were looked at for what is missing. */
  sweptTo = Number.NEGATIVE_INFINITY;
  /** When a kind had to be given up for memory, by event time: what comes after is not new for certain. */
  evictedAt = Number.NEGATIVE_INFINITY;

  constructor(whole: Kind) {
    this.whole = whole;
  }

  /** Start of the newest minute with a line. */
  get newest(): number {
    return this.whole.lastSeen;
  }

  /** The start of the last minute that is closed to late lines. */
  closedTo(latenessMinutes: number): number {
    return this.newest - (latenessMinutes + 1) * minuteMs;
  }

  /** Puts a kind in its place, as the one seen last. */
  admit(kind: Kind): void {
    const id = kind.template?.id;
    if (id === undefined) return;
    this.kinds.delete(id);
    this.kinds.set(id, kind);
    if (kind.spike === undefined) this.spiking.delete(id);
    else this.spiking.add(id);
    if (kind.silent === undefined) this.silent.delete(id);
    else this.silent.add(id);
  }

  drop(id: string): void {
    this.kinds.delete(id);
    this.spiking.delete(id);
    this.silent.delete(id);
  }

  /** A line of this minute comes; after a very long silence what was before is no history of it. */
  awake(minute: number): void {
    if (minute - this.newest <= historyGapMs) return;
    this.whole.startAnew(minute);
    for (const kind of this.kinds.values()) kind.startAnew(minute);
    this.spiking.clear();
    this.silent.clear();
  }

  /** A kind was seen for the first time. @returns how many others were within the 24 hours before this one */
  countNew(minute: number): number {
    const hour = Math.floor(minute / hourMs);
    const news = this.whole.news ?? { hours: [], hour: 0, told: 0 };
    const hours = news.hours.filter(([each]) => each > hour - dayHours);
    const before = hours.reduce((sum, [each, kinds]) => (each < hour ? sum + kinds : sum), 0);
    const own = hours.find(([each]) => each === hour)?.[1] ?? 0;
    this.whole.news = {
      ...news,
      hours: [...hours.filter(([each]) => each !== hour), [hour, own + 1]],
    };
    return before;
  }

  /** A new kind is told of. @returns how many have been within this hour, this one included */
  tellNew(minute: number): number {
    const hour = Math.floor(minute / hourMs);
    const news = this.whole.news ?? { hours: [], hour, told: 0 };
    const told = news.hour === hour ? news.told + 1 : 1;
    this.whole.news = { ...news, hour, told };
    return told;
  }

  /** Whether a kind was seen for the first time within an hour of this minute: a new version may be at work. */
  hasNews(minute: number): boolean {
    const hour = Math.floor(minute / hourMs);
    return this.whole.news?.hours.some(([each]) => Math.abs(each - hour) <= 1) ?? false;
  }
}

/** A service of which the first line is seen, or whose state is put back. */
export function newServiceRates(service: string, type: string, minute: number): ServiceRates {
  return new ServiceRates(Kind.create({ service, type }, minute));
}

/** A baseline of a learned history as it is used from now on: moved by whole weeks, and without what was under way. */
export function seeded(state: Baseline, now: number): Baseline {
  const weeks = Math.max(0, Math.floor((now - state.lastSeen) / historyGapMs)) * historyGapMs;
  const { window: _window, lastMinute: _last, spike: _spike, silent: _silent, news: _news, ...rest } = state;
  return {
    ...rest,
    key: keyOf(state.service, state.template?.id ?? ''),
    firstSeen: state.firstSeen + weeks,
    lastSeen: state.lastSeen + weeks,
    minutes: [],
    ...(state.hours !== undefined && {
      hours: {
        ...state.hours,
        weeks: state.hours.weeks.map((week) => (week < 0 ? week : week + weeks / historyGapMs)),
      },
    }),
  };
}
