import type { Baseline } from '#shared/model/index.ts';
import { Histogram } from './histogram.ts';
import type { History, KnownHit, KnownKind, Sample } from './history.ts';
import { Kind } from './kind.ts';
import { type CountedFileLine, type KindCount, LineCounts } from './line-counts.ts';
import { joined, type Occurrence, unitedKinds } from './united-kinds.ts';

const minuteMs = 60_000;

/** Builds a history from known-good logs, one sample after the other. */
export class Learner {
  readonly #before: History | undefined;
  readonly #counts: LineCounts;
  readonly #samples: Sample[] = [];
  /** Totals by service and template (none: all its lines) when the sample began. */
  #totals = new Map<string, number>();
  readonly #occurrences = new Map<string, Occurrence>();
  readonly #hits = new Map<string, KnownHit>();
  /** Event time that the samples of a service cover: the length of its history. */
  readonly #covered = new Map<string, number>();
  #span: { from: number; to: number } | undefined;
  /** Lines of the sample. */
  #lines = 0;
  #spans = new Map<string, { from: number; to: number }>();

  /** @param before a history that is added to */
  constructor(before?: History) {
    this.#before = before;
    this.#counts = new LineCounts(before?.kinds.flatMap(({ baseline }) => baseline.template?.text ?? []));
    for (const hit of before?.hits ?? []) this.#hits.set(hitKey(hit), { ...hit });
  }

  add(line: CountedFileLine): void {
    this.#counts.add(line);
    this.#lines += 1;
    if (line.time === undefined) return;
    this.#span = widened(this.#span, line.time);
    this.#spans.set(line.service, widened(this.#spans.get(line.service), line.time));
  }

  /** What was added since the last call is one sample. @param hits what rules found in it, an entry an incident */
  endSample(
    name: string,
    hits: readonly Pick<KnownHit, 'rule' | 'service' | 'fingerprint' | 'most'>[],
  ): void {
    const { from = 0, to = 0 } = this.#span ?? {};
    this.#samples.push({ name, lines: this.#lines, from, to });
    this.#lines = 0;
    for (const [service, span] of this.#spans)
      this.#covered.set(service, (this.#covered.get(service) ?? 0) + span.to - span.from);
    const totals = new Map<string, number>();
    for (const [service, kinds] of this.#counts.services()) {
      let all = 0;
      for (const [id, { total }] of kinds) {
        totals.set(occurrenceKey(service, id), total);
        all += total;
      }
      totals.set(occurrenceKey(service, ''), all);
    }
    // A template that others became has their lines of earlier samples as its own.
    const before = this.#renamed(this.#totals, (a, b) => a + b);
    const occurrences = this.#renamed(this.#occurrences, joined);
    this.#occurrences.clear();
    for (const [key, each] of occurrences) this.#occurrences.set(key, each);
    for (const [key, total] of totals) {
      const own = total - (before.get(key) ?? 0);
      if (own > 0) {
        const each = { samples: 1, least: own, most: own };
        const known = this.#occurrences.get(key);
        this.#occurrences.set(key, known === undefined ? each : added(known, each));
      }
    }
    this.#totals = totals;
    for (const hit of hits) {
      const known = this.#hits.get(hitKey(hit));
      this.#hits.set(hitKey(hit), {
        entry: 'hit',
        ...hit,
        samples: (known?.samples ?? 0) + 1,
        most: Math.max(known?.most ?? 0, hit.most),
      });
    }
    this.#span = undefined;
    this.#spans = new Map();
  }

  /** @param now milliseconds since the epoch */
  history(now: number): History {
    const kinds: KnownKind[] = [];
    const earlier = new Map<string, KnownKind>();
    for (const known of this.#before?.kinds ?? []) {
      const { service, template } = known.baseline;
      const key = occurrenceKey(service, this.#counts.presentId(template?.id ?? ''));
      const other = earlier.get(key);
      earlier.set(key, other === undefined ? known : unitedKinds(other, known));
    }
    for (const [service, counted] of this.#counts.services()) {
      const [first] = counted.values();
      if (first === undefined) continue;
      const covered = this.#covered.get(service) ?? 0;
      for (const each of [whole(service, first.type, counted.values()), ...counted.values()]) {
        const baseline = baselineOf(each, covered);
        const key = occurrenceKey(service, each.template.id);
        const occurrence = this.#occurrences.get(key);
        if (baseline === undefined || occurrence === undefined) continue;
        const known = earlier.get(key);
        earlier.delete(key);
        kinds.push(
          known === undefined
            ? { entry: 'kind', baseline, ...occurrence }
            : {
                entry: 'kind',
                baseline: joinedBaselines(known.baseline, baseline),
                ...added(known, occurrence),
              },
        );
      }
    }
    return {
      createdAt: new Date(now).toISOString(),
      samples: [...(this.#before?.samples ?? []), ...this.#samples],
      kinds: [...earlier.values(), ...kinds],
      hits: [...this.#hits.values()],
    };
  }

  #renamed<T>(byKey: ReadonlyMap<string, T>, join: (a: T, b: T) => T): Map<string, T> {
    const renamed = new Map<string, T>();
    for (const [key, value] of byKey) {
      const [id = '', ...service] = key.split(' ');
      const present = occurrenceKey(service.join(' '), this.#counts.presentId(id));
      const known = renamed.get(present);
      renamed.set(present, known === undefined ? value : join(known, value));
    }
    return renamed;
  }
}

function occurrenceKey(service: string, templateId: string): string {
  return `${templateId} ${service}`;
}

function hitKey({ rule, service, fingerprint }: Pick<KnownHit, 'rule' | 'service' | 'fingerprint'>): string {
  return JSON.stringify([rule, service, fingerprint]);
}

/** Of different samples. */
function added(a: Occurrence, b: Occurrence): Occurrence {
  return {
    samples: a.samples + b.samples,
    least: Math.min(a.least, b.least),
    most: Math.max(a.most, b.most),
  };
}

function widened(span: { from: number; to: number } | undefined, time: number): { from: number; to: number } {
  return { from: Math.min(span?.from ?? time, time), to: Math.max(span?.to ?? time, time) };
}

/** All the lines of a service as one kind. */
function whole(service: string, type: string, kinds: Iterable<KindCount>) {
  const minutes = new Map<number, number>();
  let total = 0;
  for (const kind of kinds) {
    total += kind.total;
    for (const [minute, lines] of kind.minutes) minutes.set(minute, (minutes.get(minute) ?? 0) + lines);
  }
  return {
    service,
    type,
    template: { id: '', text: '' },
    minutes,
    total,
    severity: 'info' as const,
    rule: undefined,
  };
}

function baselineOf(
  each: Pick<KindCount, 'service' | 'type' | 'template' | 'minutes' | 'total' | 'severity' | 'rule'>,
  covered: number,
): Baseline | undefined {
  const minutes = [...each.minutes].sort(([a], [b]) => a - b);
  const [first] = minutes[0] ?? [];
  const [last] = minutes.at(-1) ?? [];
  if (first === undefined || last === undefined) return undefined;
  const { service, type, template } = each;
  const kind = Kind.create({ service, type, ...(template.id !== '' && { template }) }, first);
  for (const [minute, lines] of minutes) kind.add(minute, lines, Number.NEGATIVE_INFINITY);
  kind.close(
    last,
    ({ count }) => count,
    () => {},
  );
  const { window: _window, lastMinute: _lastMinute, minutes: _minutes, rule: _rule, ...state } = kind.state();
  return {
    ...state,
    total: each.total,
    severity: each.severity,
    ...(each.rule !== undefined && { rule: each.rule }),
    // What lies between two samples is no history.
    firstSeen: Math.max(first, last - covered - minuteMs),
    minutes: [],
  };
}

function joinedBaselines(a: Baseline, b: Baseline): Baseline {
  const counts = new Histogram(Number.POSITIVE_INFINITY, a.counts);
  counts.join(new Histogram(Number.POSITIVE_INFINITY, b.counts));
  const gaps = new Histogram(Number.POSITIVE_INFINITY, a.gaps);
  gaps.join(new Histogram(Number.POSITIVE_INFINITY, b.gaps));
  const lastSeen = Math.max(a.lastSeen, b.lastSeen);
  return {
    ...b,
    lastSeen,
    firstSeen: lastSeen - (a.lastSeen - a.firstSeen) - (b.lastSeen - b.firstSeen),
    total: a.total + b.total,
    counts: counts.list(),
    gaps: gaps.list(),
  };
}
