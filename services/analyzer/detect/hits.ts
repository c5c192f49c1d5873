import type { Exemplar, Hit } from '#shared/model/index.ts';
import type { Rule } from './rules/rule.ts';
import { SliceCounts, sliceWidth } from './slices.ts';

/** Distinct hosts named in one signal; hits of further hosts are counted together. */
const maxHosts = 100;
/** Lines kept as evidence in one signal. */
const maxExemplars = 3;
/** An exemplar's text is cut to this, a line before it to `maxBefore`. In characters. */
const maxText = 4096;
const maxBefore = 1024;
/** Slices of a threshold in one signal: some tens of KB. */
const maxSlices = 1000;

/** One line that a rule matched. Moments are milliseconds since the epoch. */
export interface LineHit {
  readonly rule: Rule;
  readonly fingerprint: string;
  readonly service: string;
  readonly host: string;
  readonly captures: Readonly<Record<string, string>>;
  readonly time: number;
  readonly arrivedAt: number;
  /** Asked for only where the line is among the first of its fingerprint. */
  exemplar(): Exemplar;
  /** What is shown of the first line beside its exemplar. */
  description(): Pick<Hit, 'captures' | 'masked'>;
}

/** What the signals of one batch have in common. */
export interface BatchOrigin {
  readonly topic: string;
  readonly partition: number;
  /** Of the batch's first record: part of the signals' ids. */
  readonly firstOffset: number;
  readonly type: string;
  domainOf(service: string): string;
}

interface Tally {
  readonly first: LineHit;
  /** There are none where the rule has no threshold. */
  readonly slices: SliceCounts | undefined;
  readonly exemplars: Exemplar[];
  readonly hosts: Map<string, { count: number; lastSeen: number }>;
  count: number;
  otherHosts: number;
  firstSeen: number;
  lastSeen: number;
  arrivedAt: number;
}

/** Counts the hits of a batch by fingerprint. */
export class HitTally {
  /** In the order of their first lines, and those of them that take further lines. */
  readonly #tallies: Tally[] = [];
  readonly #current = new Map<string, Tally>();

  add(hit: LineHit): void {
    let tally = this.#current.get(hit.fingerprint);
    if (tally === undefined || !isForExcuse(tally, hit)) {
      const { threshold } = hit.rule;
      tally = {
        first: hit,
        slices: threshold === undefined ? undefined : new SliceCounts(threshold),
        exemplars: [],
        hosts: new Map(),
        count: 0,
        otherHosts: 0,
        firstSeen: hit.time,
        lastSeen: hit.time,
        arrivedAt: hit.arrivedAt,
      };
      this.#tallies.push(tally);
      this.#current.set(hit.fingerprint, tally);
    }
    tally.count += 1;
    tally.firstSeen = Math.min(tally.firstSeen, hit.time);
    tally.lastSeen = Math.max(tally.lastSeen, hit.time);
    tally.arrivedAt = Math.max(tally.arrivedAt, hit.arrivedAt);
    const known = tally.hosts.get(hit.host);
    if (known !== undefined) {
      known.count += 1;
      known.lastSeen = Math.max(known.lastSeen, hit.time);
    } else if (tally.hosts.size >= maxHosts) tally.otherHosts += 1;
    else tally.hosts.set(hit.host, { count: 1, lastSeen: hit.time });
    if (tally.exemplars.length < maxExemplars) tally.exemplars.push(hit.exemplar());
    tally.slices?.add(hit.time, countedBy(hit));
    // A further signal takes what comes next: slices cannot be put together without counting wrongly.
    if (tally.slices !== undefined && tally.slices.size >= maxSlices) this.#current.delete(hit.fingerprint);
  }

  /**
   * One signal a fingerprint, or several where a threshold counts many hosts or hours, or where lines far apart in time may each be
   * excused, in the order of their first lines; then it is empty.
   */
  take(origin: BatchOrigin): Hit[] {
    const numbers = new Map<string, number>();
    const hits = this.#tallies.map((tally) => {
      const { fingerprint } = tally.first;
      const number = numbers.get(fingerprint) ?? 0;
      numbers.set(fingerprint, number + 1);
      return toHit(tally, number === 0 ? fingerprint : `${fingerprint}-${number}`, origin);
    });
    this.#tallies.length = 0;
    this.#current.clear();
    return hits;
  }
}

/** True where the line and those before it may be excused together, or nothing can excuse them. */
function isForExcuse({ first, firstSeen, lastSeen }: Tally, { time }: LineHit): boolean {
  const { unlessWithinMs } = first.rule;
  if (unlessWithinMs === undefined) return true;
  return Math.max(lastSeen, time) - Math.min(firstSeen, time) <= sliceWidth(unlessWithinMs);
}

/** Of what its rule's threshold wants so many: a host's name, a capture's value, or '' for all of them together. */
function countedBy({ rule, host, captures }: LineHit): string {
  const by = rule.threshold?.by;
  if (by === undefined) return '';
  return by === 'host' ? host : (captures[by] ?? '');
}

/** The line as evidence, cut where it is long. */
export function excerpt(text: string): string {
  return cut(text, maxText);
}

/** A line that stood before a hit. */
export function contextExcerpt(text: string): string {
  return cut(text, maxBefore);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
}

function toHit(tally: Tally, name: string, origin: BatchOrigin): Hit {
  const { first, slices } = tally;
  const { rule, fingerprint } = first;
  const id = `${origin.topic}-${origin.partition}-${origin.firstOffset}-${name}`;
  return {
    kind: 'hit',
    id,
    traceId: tally.exemplars[0]?.id ?? id,
    domain: origin.domainOf(first.service),
    fingerprint,
    rule: rule.id,
    pack: rule.pack,
    title: rule.title,
    severity: rule.severity,
    pinned: rule.pinned,
    ...(rule.runbook !== undefined && { runbook: rule.runbook }),
    service: first.service,
    type: origin.type,
    count: tally.count,
    hosts: [...tally.hosts]
      .map(([name, { count, lastSeen }]) => ({
        name,
        count,
        // Where it is that of all it says nothing.
        ...(lastSeen < tally.lastSeen && { lastSeen: new Date(lastSeen).toISOString() }),
      }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
    otherHostsCount: tally.otherHosts,
    firstSeen: new Date(tally.firstSeen).toISOString(),
    lastSeen: new Date(tally.lastSeen).toISOString(),
    arrivedAt: new Date(tally.arrivedAt).toISOString(),
    exemplars: tally.exemplars,
    ...first.description(),
    ...(rule.threshold !== undefined &&
      slices !== undefined && { threshold: { ...rule.threshold }, slices: slices.list() }),
    ...(rule.unlessWithinMs !== undefined && { unlessWithinMs: rule.unlessWithinMs }),
    ...(rule.labels && { labels: { ...rule.labels } }),
    ...(rule.atMost !== undefined && { atMost: { ...rule.atMost } }),
  };
}
