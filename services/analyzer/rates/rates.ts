import type { Config } from '#shared/config/index.ts';
import type { Baseline, Clear, Counts, Hit, TemplateLabel } from '#shared/model/index.ts';
import { createTemplates, type Learned, type Templates } from '../templates/index.ts';
import { Judgement } from './judgement.ts';
import { KeptKinds } from './kept-kinds.ts';
import { Kind } from './kind.ts';
import { newServiceRates, ServiceRates, seeded } from './service-rates.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Counts that come so much later than they arrived on the bus are being caught up with. */
const behindMs = 5 * minuteMs;
/** Lines that are so much older when they arrive, beyond the lateness, are a backlog; or their host's clock is wrong. */
const backlogMs = 10 * minuteMs;
/** A backlog is read within this time; what goes on for longer is a wrong clock, for which the others do not wait. */
const longestBacklogMs = hourMs;
/** Of the memory, so much is the templates'. */
const templateShare = 0.25;

type Entry = Counts['entries'][number];

export interface RatesOptions {
  readonly rates: Config['rates'];
  readonly language: Config['language'];
  readonly domain: string;
}

/** How large it is, and how many of its services have a history that is long enough. */
export interface RatesSize {
  readonly services: number;
  readonly judged: number;
  readonly kinds: number;
  readonly bytes: number;
  /** Kinds given up for the bound, since this was made. */
  readonly evicted: number;
}

/**
 * What is usual of each kind of line of each service, and what is unusual now: kinds never seen before, many times as many lines as
 * ever, and regular lines that are missing. Pure: the clock is passed in, and what is to be published is asked for with `take`.
 *
 * Everything but the question whether it has caught up runs on event time. Moments are milliseconds since the epoch.
 */
export class Rates {
  readonly #options: RatesOptions;
  readonly #maxBytes: number;
  readonly #templates: Templates;
  readonly #judgement: Judgement;
  /** By name, the least recently seen first. */
  readonly #services = new Map<string, ServiceRates>();
  readonly #kept = new KeptKinds();
  #seeds: readonly Baseline[] = [];
  #evicted = 0;
  /** When lines that had waited came last, by the clock. */
  #behindAt = Number.NEGATIVE_INFINITY;

  constructor(options: RatesOptions) {
    this.#options = options;
    const bytes = options.rates.megabytes * 1024 * 1024;
    this.#maxBytes = bytes * (1 - templateShare);
    this.#templates = createTemplates({ maxBytes: bytes * templateShare });
    this.#judgement = new Judgement(options);
  }

  /** Puts back a published baseline. */
  restore(state: Baseline): void {
    this.#put(Kind.restore(state));
  }

  /** Takes back what was restored under this key, for a tombstone was read. */
  dropRestored(key: string): void {
    const kind = this.#kept.withKey(key);
    const service = kind && this.#services.get(kind.service);
    if (kind === undefined || service === undefined) return;
    const { template } = kind;
    if (template !== undefined) service.drop(template.id);
    else if (service.kinds.size === 0) this.#services.delete(kind.service);
    else return;
    this.#kept.forget(kind);
  }

  /** What a learned history knows and this does not; to be given once, after the state has been restored. */
  seed(states: readonly Baseline[]): void {
    this.#seeds = states;
  }

  /**
   * Takes in the counts of a batch.
   *
   * @param judge false: nothing is told, it is only learned
   * @param now by the clock
   */
  fold(counts: Counts, now: number, judge = true): (Hit | Clear)[] {
    this.#sow(now);
    const found: (Hit | Clear)[] = [];
    const arrivedAt = Date.parse(counts.arrivedAt);
    const isBehind = arrivedAt < now - behindMs;
    if (isBehind) this.#behindAt = now;
    const isJudged = judge && !isBehind;
    const { latenessMinutes } = this.#options.rates;
    const touched = new Map<ServiceRates, Set<Kind>>();
    for (const entry of [...counts.entries].sort((a, b) => a.minute - b.minute)) {
      const learned = this.#learn(entry.masked);
      const service = this.#serviceOf(entry, counts.type);
      const { kind, isNew } = this.#kindOf(service, entry, counts.type, learned);
      this.#describe(kind, entry, counts.sampling);
      service.whole.sampling = counts.sampling;
      for (const each of [kind, service.whole])
        each.arrived(entry.minute, arrivedAt, latenessMinutes * minuteMs + backlogMs);
      if (kind.lateSince !== undefined && arrivedAt - kind.lateSince < longestBacklogMs) this.#behindAt = now;
      if (judge && isNew) found.push(...this.#judgement.newKind(service, kind, entry, arrivedAt));
      if (kind.silent !== undefined)
        found.push(...this.#judgement.heard(service, kind, entry.minute, arrivedAt));
      if (service.whole.silent !== undefined)
        found.push(...this.#judgement.serviceHeard(service, entry.minute, arrivedAt));
      const closedTo = service.closedTo(latenessMinutes);
      const inTime = kind.add(entry.minute, entry.count, closedTo);
      service.whole.add(entry.minute, entry.count, closedTo);
      if (inTime && isJudged) found.push(...this.#judgement.rush(service, kind, entry.minute, arrivedAt));
      service.admit(kind);
      this.#kept.touch(kind);
      this.#kept.touch(service.whole);
      touched.set(service, (touched.get(service) ?? new Set()).add(kind));
    }
    for (const [service, kinds] of touched) {
      const closedTo = service.closedTo(latenessMinutes);
      // One that has become another's part meanwhile is closed with that.
      for (const kind of kinds)
        if (service.kinds.get(kind.template?.id ?? '') === kind)
          found.push(...this.#judgement.close(service, kind, closedTo, arrivedAt, isJudged));
      this.#judgement.closeWhole(service, closedTo);
    }
    this.#keepWithinBound();
    return found;
  }

  /** Looks for what is missing. @param caughtUp nothing newer waits to be folded */
  tick(now: number, caughtUp: boolean): (Hit | Clear)[] {
    this.#sow(now);
    if (!caughtUp) this.#behindAt = now;
    const found: (Hit | Clear)[] = [];
    // Until what came late has been told, lines that are missing may still be on their way.
    const isReady = now - this.#behindAt >= (this.#options.rates.latenessMinutes + 1) * minuteMs;
    for (const service of this.#services.values()) {
      const closedTo = service.closedTo(this.#options.rates.latenessMinutes);
      if (closedTo <= service.sweptTo) continue;
      service.sweptTo = closedTo;
      for (const kind of service.kinds.values()) {
        if (!kind.isIdle) {
          found.push(...this.#judgement.close(service, kind, closedTo, now, isReady));
          this.#kept.touch(kind);
        }
        if (isReady) {
          const missing = this.#judgement.missing(service, kind, closedTo, now);
          if (missing.length > 0) {
            found.push(...missing);
            service.admit(kind);
            this.#kept.touch(kind);
          }
        }
      }
    }
    if (isReady)
      for (const service of this.#judgement.silentServices([...this.#services.values()])) {
        found.push(...this.#judgement.serviceMissing(service.service, service.until, now));
        this.#kept.touch(service.service.whole);
      }
    return found;
  }

  /** The template of a masked line; it is learned where it is not known. */
  label(service: string, masked: string): TemplateLabel {
    const { id, text } = this.#learn(masked);
    return this.#services.get(service)?.kinds.get(id)?.label ?? { id, text };
  }

  /** Baselines that have changed since they were published, at most some hundred; `null`: it is no more. */
  take(): { readonly key: string; readonly value: Baseline | null }[] {
    return this.#kept.take();
  }

  /** Every baseline as it is, each service's own before those of its kinds. */
  baselines(): Baseline[] {
    return [...this.#services.values()].flatMap(({ whole, kinds }) => [
      whole.state(),
      ...[...kinds.values()].map((kind) => kind.state()),
    ]);
  }

  /** Services, and how many hours of history each has. */
  histories(): { readonly service: string; readonly hours: number }[] {
    return [...this.#services.values()].map(({ whole }) => ({
      service: whole.service,
      hours: whole.history(whole.lastSeen) / hourMs,
    }));
  }

  size(): RatesSize {
    let kinds = 0;
    let judged = 0;
    for (const service of this.#services.values()) {
      kinds += service.kinds.size;
      if (this.#judgement.isLongEnough(service.whole, service.newest)) judged += 1;
    }
    return {
      services: this.#services.size,
      judged,
      kinds,
      bytes: this.#kept.bytes + this.#templates.bytes,
      evicted: this.#evicted,
    };
  }

  #learn(masked: string): Learned {
    const learned = this.#templates.learn(masked);
    if (learned.formerIds.length > 0) this.#unite(learned);
    return learned;
  }

  /** Kinds that were several are one now. */
  #unite({ id, text, formerIds }: Learned): void {
    for (const service of this.#services.values())
      for (const former of formerIds) {
        const old = service.kinds.get(former);
        if (old === undefined || former === id) continue;
        service.drop(former);
        this.#kept.end(old);
        let kind = service.kinds.get(id);
        if (kind === undefined) kind = old.renamed({ id, text });
        else kind.absorb(old);
        service.admit(kind);
        this.#kept.touch(kind);
      }
  }

  #serviceOf({ service: name, minute }: Entry, type: string): ServiceRates {
    const known = this.#services.get(name);
    const service = known ?? newServiceRates(name, type, minute);
    this.#services.delete(name);
    this.#services.set(name, service);
    service.awake(minute);
    return service;
  }

  #kindOf(
    service: ServiceRates,
    { service: name, minute }: Entry,
    type: string,
    { id, text }: Learned,
  ): { kind: Kind; isNew: boolean } {
    const known = service.kinds.get(id);
    if (known !== undefined) return { kind: known, isNew: false };
    const kind = Kind.create({ service: name, type, template: { id, text } }, minute);
    return { kind, isNew: true };
  }

  #describe(kind: Kind, { severity = 'info', rule, exemplar }: Entry, sampling: number): void {
    kind.severity = severity;
    kind.rule = rule;
    kind.sampling = sampling;
    if (exemplar !== undefined) kind.exemplar = { ...exemplar, before: [] };
  }

  #put(kind: Kind): void {
    const { service: name, type, template } = kind;
    let service = this.#services.get(name);
    if (template === undefined) {
      const kinds = [...(service?.kinds.values() ?? [])];
      if (service !== undefined) this.#kept.forget(service.whole);
      service = new ServiceRates(kind);
      for (const each of kinds) service.admit(each);
      this.#services.set(name, service);
      this.#kept.weigh(kind);
      return;
    }
    if (service === undefined) {
      service = newServiceRates(name, type, kind.firstSeen);
      this.#services.set(name, service);
    }
    const before = service.kinds.get(template.id);
    if (before !== undefined) this.#kept.forget(before);
    service.admit(kind);
    this.#kept.weigh(kind);
    this.#templates.restore(template.text);
  }

  #sow(now: number): void {
    const seeds = this.#seeds;
    this.#seeds = [];
    const known = new Set(this.#services.keys());
    for (const seed of seeds) {
      if (known.has(seed.service)) continue;
      const kind = Kind.restore(seeded(seed, now));
      this.#put(kind);
      this.#kept.touch(kind);
    }
  }

  /** Gives up the least recently seen kinds of the service that has most of them, or services that have none but themselves. */
  #keepWithinBound(): void {
    while (this.#kept.bytes > this.#maxBytes) {
      let largest: ServiceRates | undefined;
      for (const service of this.#services.values())
        if (largest === undefined || service.kinds.size > largest.kinds.size) largest = service;
      if (largest === undefined) return;
      // A twentieth at a time, so that looking for the largest is seldom.
      if (largest.kinds.size <= 1) {
        // Many services with little: those not heard of for the longest go.
        for (const service of firstTwentieth(this.#services.values(), this.#services.size))
          this.#evictService(service);
        continue;
      }
      largest.evictedAt = largest.newest;
      for (const [id, kind] of firstTwentieth(largest.kinds.entries(), largest.kinds.size))
        this.#evict(largest, id, kind);
    }
  }

  #evictService(service: ServiceRates): void {
    const { whole, kinds } = service;
    for (const [id, kind] of kinds) this.#evict(service, id, kind);
    this.#services.delete(whole.service);
    this.#kept.end(whole);
  }

  #evict(service: ServiceRates, id: string, kind: Kind): void {
    service.drop(id);
    this.#kept.end(kind);
    this.#evicted += 1;
  }
}

/** At least one. */
function firstTwentieth<T>(all: Iterable<T>, size: number): T[] {
  const first: T[] = [];
  for (const each of all) {
    first.push(each);
    if (first.length >= size / 20) break;
  }
  return first;
}
