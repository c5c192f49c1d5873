import type { Exemplar, Hit, Incident, IncidentState } from '#shared/model/index.ts';
import { addExemplars, exemplarBytes } from './exemplars.ts';
import { HostCounts } from './host-counts.ts';
import { countScale, hostScale } from './scale.ts';

/** Characters kept of one captured value, and values kept. */
const captureCap = 1024;
const capturesCap = 20;

/** What a rule says of its failure; the newest signal's word counts. */
type RuleFacts = Pick<Hit, 'rule' | 'pack' | 'title' | 'severity' | 'pinned' | 'runbook'>;

/** One incident while it is being worked on. Moments are milliseconds since the epoch. */
export class IncidentRecord {
  readonly id: string;
  readonly fingerprint: string;
  readonly openedAt: number;
  readonly #fixed: Pick<Incident, 'traceId' | 'domain' | 'service' | 'type'>;
  readonly #firstArrivedAt: number;
  readonly #captures: Readonly<Record<string, string>> | undefined;
  #facts: RuleFacts;
  #hosts: HostCounts;
  #exemplars: readonly Exemplar[];
  #count: number;
  #openings: number;
  #firstSeen: number;
  #lastSeen: number;
  #revision: number;
  #materialRevision: number;
  #resolvedBy: string | undefined;
  state: IncidentState;
  old: boolean;
  lastArrivedAt: number;
  resolvedAt: number | undefined;
  /** Changed since it was last published, and whether materially. */
  touched: boolean;
  material: boolean;

  private constructor(incident: Incident) {
    this.id = incident.id;
    this.fingerprint = incident.fingerprint;
    this.#fixed = {
      traceId: incident.traceId,
      domain: incident.domain,
      service: incident.service,
      type: incident.type,
    };
    this.openedAt = Date.parse(incident.openedAt);
    this.#firstArrivedAt = Date.parse(incident.firstArrivedAt);
    this.#captures = incident.captures;
    this.#facts = ruleFacts(incident);
    this.#hosts = HostCounts.restore(incident.hosts, incident.hostSketch);
    this.#exemplars = incident.exemplars;
    this.#count = incident.count;
    this.#openings = incident.openings;
    this.#firstSeen = Date.parse(incident.firstSeen);
    this.#lastSeen = Date.parse(incident.lastSeen);
    this.#revision = incident.revision;
    this.#materialRevision = incident.materialRevision;
    this.#resolvedBy = incident.resolvedBy;
    this.state = incident.state;
    this.old = incident.old;
    this.lastArrivedAt = Date.parse(incident.lastArrivedAt);
    this.resolvedAt = incident.resolvedAt === undefined ? undefined : Date.parse(incident.resolvedAt);
    this.touched = false;
    this.material = false;
  }

  /** As it was published. */
  static restore(incident: Incident): IncidentRecord {
    return new IncidentRecord(incident);
  }

  /** A new one from its first signal; everything in it comes from there, so a replay makes the same one. */
  static open(
    hit: Hit,
    {
      domain,
      partition,
      openedAt,
      old,
    }: { domain: string; partition: number; openedAt: number; old: boolean },
  ): IncidentRecord {
    const record = new IncidentRecord({
      id: `${partition}-${hit.fingerprint}-${openedAt.toString(36)}`,
      traceId: hit.traceId,
      domain,
      fingerprint: hit.fingerprint,
      ...ruleFacts(hit),
      service: hit.service,
      type: hit.type,
      state: 'open',
      revision: 1,
      materialRevision: 1,
      openings: 1,
      count: hit.count,
      hosts: [],
      hostCount: 0,
      firstSeen: hit.firstSeen,
      lastSeen: hit.lastSeen,
      firstArrivedAt: hit.arrivedAt,
      lastArrivedAt: hit.arrivedAt,
      openedAt: iso(openedAt),
      updatedAt: hit.arrivedAt,
      old,
      exemplars: [...addExemplars([], hit.exemplars)],
      ...(hit.captures && { captures: trimCaptures(hit.captures) }),
    });
    record.#hosts.add(hit.hosts);
    // Nothing has been published yet; the first publication raises this to 1.
    record.#revision = 0;
    record.#touch(true);
    return record;
  }

  /** Takes a further signal in, reopening the incident where it was resolved. */
  fold(hit: Hit, old: boolean): void {
    const reopened = this.state === 'resolved';
    const countScaleBefore = countScale(this.#count);
    const hostScaleBefore = hostScale(this.#hosts.size);
    const factsBefore = this.#facts;
    const oldBefore = this.old;

    this.#count += hit.count;
    this.#hosts.add(hit.hosts);
    this.#exemplars = addExemplars(this.#exemplars, hit.exemplars);
    this.#firstSeen = Math.min(this.#firstSeen, Date.parse(hit.firstSeen));
    this.#lastSeen = Math.max(this.#lastSeen, Date.parse(hit.lastSeen));
    this.lastArrivedAt = Math.max(this.lastArrivedAt, Date.parse(hit.arrivedAt));
    this.#facts = ruleFacts(hit);
    if (reopened) {
      this.state = 'open';
      this.#openings += 1;
      this.resolvedAt = undefined;
      this.#resolvedBy = undefined;
      this.old = old;
    } else this.old = this.old && old;

    this.#touch(
      reopened ||
        this.old !== oldBefore ||
        this.#facts.severity !== factsBefore.severity ||
        this.#facts.pinned !== factsBefore.pinned ||
        countScale(this.#count) !== countScaleBefore ||
        hostScale(this.#hosts.size) !== hostScaleBefore,
    );
  }

  resolve(by: string, now: number): void {
    this.state = 'resolved';
    this.resolvedAt = now;
    this.#resolvedBy = by;
    this.#touch(true);
  }

  /** Its next revision, to be published. */
  publish(now: number): Incident {
    this.#revision += 1;
    if (this.material) this.#materialRevision = this.#revision;
    this.touched = false;
    this.material = false;
    return this.snapshot(now);
  }

  /** As it is, without raising its revision; where it was never published it has revision 1. */
  snapshot(now: number): Incident {
    const sketch = this.#hosts.sketch();
    return {
      id: this.id,
      ...this.#fixed,
      fingerprint: this.fingerprint,
      ...this.#facts,
      state: this.state,
      revision: Math.max(1, this.#revision),
      materialRevision: this.#materialRevision,
      openings: this.#openings,
      count: this.#count,
      hosts: this.#hosts.list(),
      hostCount: this.#hosts.size,
      ...(sketch !== undefined && { hostSketch: sketch }),
      firstSeen: iso(this.#firstSeen),
      lastSeen: iso(this.#lastSeen),
      firstArrivedAt: iso(this.#firstArrivedAt),
      lastArrivedAt: iso(this.lastArrivedAt),
      openedAt: iso(this.openedAt),
      updatedAt: iso(now),
      ...(this.resolvedAt !== undefined && { resolvedAt: iso(this.resolvedAt) }),
      ...(this.#resolvedBy !== undefined && { resolvedBy: this.#resolvedBy }),
      old: this.old,
      exemplars: [...this.#exemplars],
      ...(this.#captures && { captures: { ...this.#captures } }),
    };
  }

  /** An upper bound of its bytes in memory. */
  get bytes(): number {
    let captured = 0;
    for (const value of Object.values(this.#captures ?? {})) captured += 2 * value.length + 64;
    return 2048 + captured + this.#hosts.bytes + exemplarBytes(this.#exemplars);
  }

  #touch(material: boolean): void {
    this.touched = true;
    this.material ||= material;
  }
}

function ruleFacts(source: RuleFacts): RuleFacts {
  return {
    rule: source.rule,
    pack: source.pack,
    title: source.title,
    severity: source.severity,
    pinned: source.pinned,
    ...(source.runbook !== undefined && { runbook: source.runbook }),
  };
}

function trimCaptures(captures: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(captures)
      .slice(0, capturesCap)
      .map(([name, value]) => [name, value.slice(0, captureCap)]),
  );
}

function iso(moment: number): string {
  return new Date(moment).toISOString();
}
