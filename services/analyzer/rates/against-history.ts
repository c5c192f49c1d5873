import type { Config } from '#shared/config/index.ts';
import type { Hit } from '#shared/model/index.ts';
import { isAtLeast } from '#shared/model/index.ts';
import { enoughSamples, type History, type KnownKind, type ServiceHistory, servicesOf } from './history.ts';
import { atLeast, silenceAfter, spikeOf } from './judge.ts';
import { Kind, windowMs } from './kind.ts';
import { createKnownGood, type KnownGoodFacts } from './known-good.ts';
import { type CountedFileLine, type KindCount, LineCounts } from './line-counts.ts';
import { type RateFinding, rateHit } from './pseudo-hit.ts';
import { unitedKinds } from './united-kinds.ts';
import { wording } from './wording.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** As while lines come in: the first few one by one, then one finding a service. */
const fewFindings = 3;
/** Many times the most of any sample, and no work of chance: as of a window's busiest in the first week. */
const overMost = 3;
const fewestLines = 10;
const chance = 1e-7;
/** What each of so many samples has is missing from a good one in 1 of 22 cases: worth a warning. Below, it is a hint. */
const samplesForWarning = 20;

export interface AgainstHistoryOptions {
  readonly history: History;
  readonly rates: Pick<Config['rates'], 'historyHours'>;
  readonly language: Config['language'];
  domainOf(type: string, service: string): string;
}

type Facts = Omit<RateFinding, 'domain' | 'service' | 'type' | 'arrivedAt'>;

/** Judges finished files against known-good logs: what is new in them, what is far too much, what is missing. */
export class AgainstHistory {
  readonly #options: AgainstHistoryOptions;
  readonly #counts: LineCounts;
  readonly #say: (typeof wording)['en'];
  readonly #services: ReadonlyMap<string, ServiceHistory>;
  /** Whether an incident's lines are as many in known-good logs. */
  readonly isKnownGood: (facts: KnownGoodFacts) => boolean;

  constructor(options: AgainstHistoryOptions) {
    const { history, rates, language } = options;
    this.#options = options;
    this.#say = wording[language];
    this.#counts = new LineCounts(history.kinds.flatMap(({ baseline }) => baseline.template?.text ?? []));
    this.#services = new Map(servicesOf(history, rates.historyHours).map((each) => [each.service, each]));
    this.isKnownGood = createKnownGood(history);
  }

  add(line: CountedFileLine): void {
    this.#counts.add(line);
  }

  /** How much is known of each service that has lines in the files. */
  services(): ServiceHistory[] {
    return [...this.#counts.services().keys()].map(
      (service) => this.#services.get(service) ?? { service, hours: 0, samples: 0, isEnough: false },
    );
  }

  /** What is unusual, once everything has been added. @param now milliseconds since the epoch */
  hits(now: number): Hit[] {
    const known = Map.groupBy(this.#options.history.kinds, ({ baseline }) => baseline.service);
    return [...this.#counts.services()].flatMap(([service, kinds]) => {
      const history = this.#services.get(service);
      return history?.isEnough === true ? this.#judge(history, known.get(service) ?? [], kinds, now) : [];
    });
  }

  #judge(
    history: ServiceHistory,
    known: readonly KnownKind[],
    kinds: ReadonlyMap<string, KindCount>,
    now: number,
  ): Hit[] {
    const byId = new Map<string, KnownKind>();
    for (const each of known) {
      const id = this.#counts.presentId(each.baseline.template?.id ?? '');
      const other = byId.get(id);
      byId.set(id, other === undefined ? each : unitedKinds(other, each));
    }
    const whole = byId.get('');
    byId.delete('');
    const [first] = kinds.values();
    if (whole === undefined || first === undefined) return [];
    const { service, type } = first;
    let total = 0;
    let end = 0;
    let start = Number.POSITIVE_INFINITY;
    for (const kind of kinds.values()) {
      total += kind.total;
      for (const minute of kind.minutes.keys()) {
        end = Math.max(end, minute);
        start = Math.min(start, minute);
      }
    }
    const facts = [
      ...this.#new(history, byId, kinds),
      ...this.#tooMany(history, byId, kinds, Math.max(1, total / whole.most)),
      ...this.#missing(history, byId, kinds, { start, end, isWhole: total >= whole.least }),
    ];
    const domain = this.#options.domainOf(type, service);
    return facts.map((each) => rateHit({ ...each, domain, service, type, arrivedAt: now }));
  }

  #new(
    { hours }: ServiceHistory,
    known: ReadonlyMap<string, KnownKind>,
    kinds: ReadonlyMap<string, KindCount>,
  ): Facts[] {
    const news = [...kinds]
      .filter(
        ([id, { rule, severity }]) =>
          !known.has(id) && !(rule !== undefined && isAtLeast(severity, 'warning')),
      )
      .map(([, kind]) => kind)
      .sort((a, b) => Number(b.severity !== 'info') - Number(a.severity !== 'info') || b.total - a.total);
    const told = news.slice(0, fewFindings).map(
      (kind): Facts => ({
        rule: 'rates.new',
        severity: kind.severity === 'info' ? 'info' : 'warning',
        title: this.#say.newTitle,
        detail: this.#say.isNew(kind.total, hours, known.size),
        numbers: { lines: kind.total, historyHours: hours, knownKinds: known.size },
        ...evidence(kind),
      }),
    );
    const rest = news.slice(fewFindings);
    const [example] = rest;
    if (example === undefined) return told;
    const { template: _none, ...shown } = evidence(example);
    return [
      ...told,
      {
        rule: 'rates.new',
        severity: 'info',
        title: this.#say.manyNewTitle,
        detail: this.#say.manyNewHere(rest.length, hours),
        numbers: { kinds: rest.length, historyHours: hours },
        ...shown,
        count: rest.reduce((sum, kind) => sum + kind.total, 0),
      },
    ];
  }

  /** @param scale how many times as many lines of the service there are as in the longest sample */
  #tooMany(
    { samples, hours, isEnough }: ServiceHistory,
    known: ReadonlyMap<string, KnownKind>,
    kinds: ReadonlyMap<string, KindCount>,
    scale: number,
  ): Facts[] {
    const isLong = isEnough && hours >= this.#options.rates.historyHours;
    return [...kinds].flatMap(([id, kind]): Facts[] => {
      const usual = known.get(id);
      if (usual === undefined) return [];
      const severity = kind.severity;
      const spike = isLong ? busiestSpike(kind, usual) : undefined;
      if (spike !== undefined)
        return [
          {
            rule: 'rates.spike',
            severity,
            title: this.#say.spikeTitle,
            detail: this.#say.spike({ ...spike.numbers, minutes: windowMs / minuteMs, hours }),
            numbers: { ...spike.numbers, windowMinutes: windowMs / minuteMs, historyHours: hours },
            ...evidence(kind),
            ...spike.span,
          },
        ];
      const reference = usual.most * scale;
      const probability = atLeast(kind.total, reference);
      if (
        samples < enoughSamples ||
        kind.total < Math.max(fewestLines, overMost * reference) ||
        probability > chance
      )
        return [];
      return [
        {
          rule: 'rates.spike',
          severity,
          title: this.#say.spikeTitle,
          detail: this.#say.rare(kind.total, usual.most, samples),
          numbers: { lines: kind.total, most: usual.most, reference, samples, probability },
          ...evidence(kind),
        },
      ];
    });
  }

  #missing(
    { samples }: ServiceHistory,
    known: ReadonlyMap<string, KnownKind>,
    kinds: ReadonlyMap<string, KindCount>,
    span: { start: number; end: number; isWhole: boolean },
  ): Facts[] {
    const facts: Facts[] = [];
    const absent: KnownKind[] = [];
    // Where most kinds are missing, these are chosen lines of a log (what `grep` left), and none is missed for itself.
    const areChosen = [...known.keys()].filter((id) => kinds.has(id)).length * 2 < known.size;
    for (const [id, each] of known) {
      const kind = kinds.get(id);
      const silence = kind === undefined && areChosen ? undefined : this.#silence(kind, each, span);
      if (silence !== undefined) facts.push(silence);
      // In a part of a log much is missing.
      else if (kind === undefined && span.isWhole && samples >= enoughSamples && each.samples >= samples)
        absent.push(each);
    }
    const [example] = absent;
    if (example === undefined) return facts;
    // One failure leaves out many lines: they are one finding.
    return [
      ...facts,
      {
        rule: 'rates.silent',
        severity: samples >= samplesForWarning ? 'warning' : 'info',
        title: this.#say.missingTitle,
        detail: this.#say.missing(
          samples,
          absent.length,
          absent.slice(0, fewFindings).map(({ baseline }) => baseline.template?.text ?? ''),
        ),
        numbers: { kinds: absent.length, samples },
        count: 1,
        firstSeen: span.start,
        lastSeen: span.end,
      },
    ];
  }

  /** The longest time for which a heartbeat was missing. */
  #silence(
    kind: KindCount | undefined,
    { baseline }: KnownKind,
    { start, end }: { start: number; end: number },
  ): Facts | undefined {
    const known = Kind.restore(baseline);
    const { usualGap, longestGap, gaps } = known.beats();
    const after =
      known.history(baseline.lastSeen) < this.#options.rates.historyHours * hourMs
        ? undefined
        : silenceAfter(known.beats());
    if (after === undefined) return undefined;
    let longest = { from: start, minutes: 0 };
    let last = start;
    for (const minute of [...[...(kind?.minutes.keys() ?? [])].sort((a, b) => a - b), end]) {
      const minutes = (minute - last) / minuteMs;
      if (minutes > longest.minutes) longest = { from: last, minutes };
      last = minute;
    }
    if (longest.minutes <= after) return undefined;
    return {
      rule: 'rates.silent',
      severity: 'warning',
      title: this.#say.silentTitle,
      detail: this.#say.silent({ minutes: longest.minutes, usual: usualGap, longest: longestGap }),
      numbers: {
        minutes: longest.minutes,
        usualGapMinutes: usualGap,
        longestGapMinutes: longestGap,
        gaps: Math.round(gaps),
      },
      template: kind?.template ?? known.label,
      exemplar: kind?.exemplar,
      count: 1,
      firstSeen: longest.from,
      lastSeen: longest.from + longest.minutes * minuteMs,
    };
  }
}

/** The fullest window of those that are out of the ordinary, where one is; when they were, and what they have in all. */
function busiestSpike({ minutes }: KindCount, { baseline }: KnownKind) {
  const windows = new Map<number, number>();
  for (const [minute, lines] of minutes) {
    const at = minute - (minute % windowMs);
    windows.set(at, (windows.get(at) ?? 0) + lines);
  }
  const known = Kind.restore(baseline);
  let numbers:
    | { lines: number; median: number; busiest: number; factor: number; probability: number }
    | undefined;
  const span = { count: 0, firstSeen: Number.POSITIVE_INFINITY, lastSeen: Number.NEGATIVE_INFINITY };
  for (const [at, lines] of windows) {
    const { median, deviation, busiest, usualHour } = known.usual(at);
    const history = known.history(baseline.lastSeen);
    const spike = spikeOf({ count: lines, sampling: 1, median, deviation, busiest, usualHour, history });
    if (spike === undefined) continue;
    span.count += lines;
    span.firstSeen = Math.min(span.firstSeen, at);
    span.lastSeen = Math.max(span.lastSeen, at + windowMs - minuteMs);
    if (lines > (numbers?.lines ?? 0))
      numbers = { lines, median, busiest, factor: spike.factor, probability: spike.probability };
  }
  return numbers === undefined ? undefined : { numbers, span };
}

function evidence({ minutes, template, exemplar, total }: KindCount) {
  let [firstSeen, lastSeen] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const minute of minutes.keys()) {
    firstSeen = Math.min(firstSeen, minute);
    lastSeen = Math.max(lastSeen, minute);
  }
  const at = Date.parse(exemplar.timestamp);
  const isTimed = minutes.size > 0;
  return {
    template,
    exemplar,
    count: total,
    firstSeen: isTimed ? firstSeen : at,
    lastSeen: isTimed ? lastSeen : at,
  };
}
