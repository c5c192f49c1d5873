import type { Config } from '#shared/config/index.ts';
import type { Clear, Counts, Hit } from '#shared/model/index.ts';
import { isAtLeast } from '#shared/model/index.ts';
import { silenceAfter, spikeOf } from './judge.ts';
import { type ClosedWindow, type Kind, windowMs } from './kind.ts';
import { type RateFinding, rateClear, rateHit } from './pseudo-hit.ts';
import type { ServiceRates } from './service-rates.ts';
import { wording } from './wording.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** So many findings of one service are told one by one; further ones at the same time are one finding of the service. */
const fewFindings = 3;
/** A service that has brought so many new kinds within a day writes free text, or is being worked on: only what says error is told. */
const restless = 20;
/** What has been unusual for so long is the usual from then on. */
const newNormalMs = 24 * hourMs;
/** What is still missing is said again after so long, so that its incident stays open. */
const sayAgainMs = 10 * minuteMs;

export interface JudgementOptions {
  readonly rates: Pick<Config['rates'], 'historyHours' | 'latenessMinutes'>;
  readonly language: Config['language'];
  readonly domain: string;
}

type Entry = Counts['entries'][number];
type Facts = Omit<RateFinding, 'domain' | 'service' | 'type'>;

/** Says what is unusual of a kind of line, and when that is over. Whether it has been said is in the kinds' own state. */
export class Judgement {
  readonly #options: JudgementOptions;
  readonly #say: (typeof wording)['en'];

  constructor(options: JudgementOptions) {
    this.#options = options;
    this.#say = wording[options.language];
  }

  isLongEnough(kind: Kind, until: number): boolean {
    return kind.history(until) >= this.#options.rates.historyHours * hourMs;
  }

  /** A kind is seen for the first time. */
  newKind(service: ServiceRates, kind: Kind, entry: Entry, arrivedAt: number): Hit[] {
    const { minute, severity = 'info' } = entry;
    const newToday = service.countNew(minute);
    if (!this.isLongEnough(service.whole, minute)) return [];
    // A rule has told of these lines already, and better.
    if (entry.rule !== undefined && isAtLeast(severity, 'warning')) return [];
    const saysError = isAtLeast(severity, 'warning');
    const isForgetful = minute - service.evictedAt < newNormalMs;
    if (!saysError && (newToday > restless || isForgetful)) return [];
    const hours = service.whole.history(minute) / hourMs;
    const told = service.tellNew(minute);
    const common = {
      rule: 'rates.new' as const,
      count: entry.count,
      exemplar: kind.exemplar,
      firstSeen: minute,
      lastSeen: minute,
      arrivedAt,
    };
    if (told > fewFindings)
      return [
        this.#hit(kind, {
          ...common,
          // Of many at once one is likely to mention an error; a new version is no failure for that.
          severity: 'info',
          title: this.#say.manyNewTitle,
          detail: this.#say.manyNew(told, hours),
          numbers: { kinds: told, historyHours: hours },
        }),
      ];
    return [
      this.#hit(kind, {
        ...common,
        template: kind.label,
        severity: saysError ? 'warning' : 'info',
        title: this.#say.newTitle,
        detail: this.#say.isNew(entry.count, hours, service.kinds.size),
        numbers: { lines: entry.count, historyHours: hours, knownKinds: service.kinds.size },
      }),
    ];
  }

  /** Lines have been added to a window: it may be more than there ever were, long before it is over. */
  rush(service: ServiceRates, kind: Kind, minute: number, arrivedAt: number): (Hit | Clear)[] {
    if (kind.spike !== undefined || !this.isLongEnough(kind, minute)) return [];
    if (this.#spike(kind, kind.countAt(minute)) === undefined) return [];
    // One batch may hold days of a log that is read for the first time: what came hours before is history as well.
    const said = this.close(service, kind, minute - hourMs, arrivedAt, true);
    const window = kind.countAt(minute);
    if (this.#spike(kind, window) === undefined) return said;
    kind.spike = { since: minute, at: window.at, told: window.count };
    return [...said, ...this.#tellSpike(service, kind, window, window.count, arrivedAt)];
  }

  /** Closes a kind's windows up to a minute: goes on telling of a spike, or ends it. */
  close(
    service: ServiceRates,
    kind: Kind,
    closedTo: number,
    now: number,
    isJudged: boolean,
  ): (Hit | Clear)[] {
    const said: (Hit | Clear)[] = [];
    kind.close(
      closedTo,
      (window) => {
        const { spike } = kind;
        if (spike === undefined || window.at < spike.at || window.at - spike.since >= newNormalMs)
          return window.count;
        return Math.min(window.count, kind.usual(window.at).busiest);
      },
      (window) => {
        const { spike } = kind;
        if (spike === undefined || window.at < spike.at) return;
        if (this.#spike(kind, window) === undefined) {
          kind.spike = undefined;
          said.push(this.#clear(kind, 'rates.spike', window.at + windowMs, now));
          return;
        }
        const more = window.count - (window.at === spike.at ? spike.told : 0);
        kind.spike = { ...spike, at: window.at, told: window.count };
        if (more > 0 && isJudged) said.push(...this.#tellSpike(service, kind, window, more, now));
      },
    );
    if (said.length > 0) service.admit(kind);
    return said;
  }

  closeWhole(service: ServiceRates, closedTo: number): void {
    service.whole.close(
      closedTo,
      ({ count }) => count,
      () => {},
    );
  }

  /** Whether a regular kind is missing while its service goes on. Of one whose backlog is being read nobody knows. */
  missing(service: ServiceRates, kind: Kind, closedTo: number, now: number): Hit[] {
    const { silent } = kind;
    if (kind.lateSince !== undefined) return [];
    if (silent !== undefined) {
      if (closedTo - silent.told < sayAgainMs || closedTo - silent.since >= newNormalMs) return [];
      kind.silent = { ...silent, told: closedTo };
      return this.#tellSilence(service, kind, closedTo, now);
    }
    const after = this.#silenceAfter(kind);
    if (after === undefined || closedTo - kind.lastSeen < after * minuteMs) return [];
    kind.silent = { since: kind.lastSeen, told: closedTo };
    service.admit(kind);
    return this.#tellSilence(service, kind, closedTo, now);
  }

  /** A missing kind is there again. */
  heard(service: ServiceRates, kind: Kind, minute: number, now: number): Clear[] {
    const { silent } = kind;
    if (silent === undefined || minute <= silent.since) return [];
    kind.heardAgain();
    service.admit(kind);
    // A line that came late ends it too, though it had been said of a later minute that it was missing.
    return [this.#clear(kind, 'rates.silent', Math.max(minute, silent.told + 1), now)];
  }

  /**
   * Services that are regular and have not been heard of, while another service of their log type (where there is one, else of the
   * domain) goes on: by the event time of the others.
   */
  silentServices(services: readonly ServiceRates[]): { service: ServiceRates; until: number }[] {
    const silent: { service: ServiceRates; until: number }[] = [];
    const byType = Map.groupBy(services, ({ whole }) => whole.type);
    for (const same of byType.values()) {
      const others = same.length > 1 ? same : services;
      const [first, second] = [...others].sort((a, b) => b.newest - a.newest);
      for (const service of same) {
        const other = first === service ? second : first;
        if (other === undefined) continue;
        const { whole } = service;
        if (whole.lateSince !== undefined) continue;
        const until = other.closedTo(this.#options.rates.latenessMinutes);
        const after = this.#silenceAfter(whole);
        if (after === undefined || until - whole.lastSeen < after * minuteMs) continue;
        const before = whole.silent;
        if (before !== undefined && (until - before.told < sayAgainMs || until - before.since >= newNormalMs))
          continue;
        silent.push({ service, until });
      }
    }
    return silent;
  }

  serviceMissing({ whole }: ServiceRates, until: number, now: number): Hit[] {
    whole.silent = { since: whole.silent?.since ?? whole.lastSeen, told: until };
    return [this.#hit(whole, this.#silence(whole, until, now, this.#say.serviceSilentTitle))];
  }

  serviceHeard({ whole }: ServiceRates, minute: number, now: number): Clear[] {
    const { silent } = whole;
    if (silent === undefined || minute <= silent.since) return [];
    whole.heardAgain();
    return [this.#clear(whole, 'rates.silent', Math.max(minute, silent.told + 1), now)];
  }

  #spike(kind: Kind, { at, count }: ClosedWindow) {
    const { median, deviation, busiest, usualHour } = kind.usual(at);
    return spikeOf({
      count,
      sampling: kind.sampling,
      median,
      deviation,
      busiest,
      usualHour,
      history: kind.history(at),
    });
  }

  #silenceAfter(kind: Kind): number | undefined {
    return kind.isFollowed && this.isLongEnough(kind, kind.lastSeen) ? silenceAfter(kind.beats()) : undefined;
  }

  #tellSpike(
    service: ServiceRates,
    kind: Kind,
    window: ClosedWindow,
    lines: number,
    arrivedAt: number,
  ): Hit[] {
    const spike = this.#spike(kind, window);
    if (spike === undefined) return [];
    service.admit(kind);
    const { median, deviation, busiest } = kind.usual(window.at);
    const hours = kind.history(window.at) / hourMs;
    const common = {
      rule: 'rates.spike' as const,
      severity: kind.severity,
      count: lines,
      exemplar: kind.exemplar,
      firstSeen: window.at,
      lastSeen: Math.max(window.at, Math.min(kind.lastSeen, window.at + windowMs - minuteMs)),
      arrivedAt,
    };
    if (this.#isOneOfMany(service.spiking, kind))
      return [
        this.#hit(kind, {
          ...common,
          title: this.#say.manySpikesTitle,
          detail: this.#say.manySpikes(service.spiking.size),
          numbers: { kinds: service.spiking.size },
        }),
      ];
    return [
      this.#hit(kind, {
        ...common,
        template: kind.label,
        title: this.#say.spikeTitle,
        detail: this.#say.spike({
          lines: window.count,
          minutes: windowMs / minuteMs,
          median,
          busiest,
          factor: spike.factor,
          hours,
        }),
        numbers: {
          lines: window.count,
          windowMinutes: windowMs / minuteMs,
          median,
          deviation,
          busiest,
          reference: spike.reference,
          factor: spike.factor,
          probability: spike.probability,
          windows: Math.round(kind.counts.weight),
          historyHours: hours,
        },
      }),
    ];
  }

  #tellSilence(service: ServiceRates, kind: Kind, until: number, now: number): Hit[] {
    const facts = this.#silence(kind, until, now, this.#say.silentTitle);
    // What stops where something new begins has been replaced, most likely.
    const severity = service.hasNews(kind.lastSeen) ? ('info' as const) : facts.severity;
    if (this.#isOneOfMany(service.silent, kind))
      return [
        this.#hit(kind, {
          ...facts,
          severity,
          title: this.#say.manySilentTitle,
          detail: this.#say.manySilent(service.silent.size),
          numbers: { kinds: service.silent.size },
        }),
      ];
    return [this.#hit(kind, { ...facts, severity, template: kind.label })];
  }

  #silence(kind: Kind, until: number, arrivedAt: number, title: string): Facts {
    const { usualGap, longestGap, gaps } = kind.beats();
    const minutes = Math.round((until - kind.lastSeen) / minuteMs);
    return {
      rule: 'rates.silent',
      severity: 'warning',
      title,
      detail: this.#say.silent({ minutes, usual: usualGap, longest: longestGap }),
      numbers: { minutes, usualGapMinutes: usualGap, longestGapMinutes: longestGap, gaps: Math.round(gaps) },
      count: 1,
      exemplar: kind.exemplar,
      firstSeen: kind.lastSeen,
      lastSeen: until,
      arrivedAt,
    };
  }

  /** Whether a kind is not among the first few that are unusual at present. */
  #isOneOfMany(unusual: ReadonlySet<string>, kind: Kind): boolean {
    const id = kind.template?.id;
    return id !== undefined && [...unusual].indexOf(id) >= fewFindings;
  }

  #hit({ service, type }: Kind, facts: Facts): Hit {
    return rateHit({ ...facts, domain: this.#options.domain, service, type });
  }

  #clear(
    { service, type, template, exemplar }: Kind,
    rule: RateFinding['rule'],
    at: number,
    now: number,
  ): Clear {
    return rateClear({ rule, domain: this.#options.domain, service, type, template, exemplar }, at, now);
  }
}
