import type { Config } from '#shared/config/index.ts';
import type {
  ActionSignal,
  Exemplar,
  Hit,
  Incident,
  IncidentState,
  Muted,
  RelatedIncident,
} from '#shared/model/index.ts';
import { type Description, described, descriptionBytes, descriptionOf } from './description.ts';
import { Evidence } from './evidence.ts';
import { exemplarBytes } from './exemplars.ts';
import { reopenedAgain } from './flapping.ts';
import { Handling } from './handling.ts';
import { iso, momentOf } from './iso.ts';
import type { Lines } from './lines.ts';
import { type MachinePart, machinePartOf } from './machine-parts.ts';
import { type Passed, Probation } from './probation.ts';
import { Relatives } from './relatives.ts';
import type { IncidentFacts } from './surroundings.ts';
import { thresholdDetail } from './wording.ts';

/** What an incident's life depends on in the configuration. */
export type LifeConfig = Pick<Config, 'incidents' | 'language'>;

/** One incident while it is being worked on. Moments are milliseconds since the epoch. */
export class IncidentRecord {
  readonly id: string;
  readonly fingerprint: string;
  readonly service: string;
  readonly evidence: Evidence;
  readonly relatives: Relatives;
  readonly handling: Handling;
  readonly #fixed: Pick<Incident, 'traceId' | 'domain' | 'type'>;
  #description: Description;
  #state: IncidentState;
  #openings: number;
  #openedAt: number;
  #reopenedAt: readonly number[];
  #resolvedAt: number | undefined;
  #resolvedBy: string | undefined;
  #clearedBy: Exemplar | undefined;
  #isFlapping: boolean;
  #old: boolean;
  #muted: Muted | undefined;
  #knownGood: boolean;
  #revision: number;
  #materialRevision: number;
  /** Lines that do not count yet; there only where it is not open. */
  probation: Probation | undefined;
  /** Changed since it was last published, and whether materially. */
  touched = false;
  material = false;

  private constructor(incident: Incident) {
    this.id = incident.id;
    this.fingerprint = incident.fingerprint;
    this.service = incident.service;
    this.evidence = Evidence.restore(incident);
    this.relatives = new Relatives(incident);
    this.handling = new Handling(incident);
    this.#fixed = { traceId: incident.traceId, domain: incident.domain, type: incident.type };
    this.#description = descriptionOf(incident);
    this.#state = incident.state;
    this.#openings = incident.openings;
    this.#openedAt = Date.parse(incident.openedAt);
    this.#reopenedAt = (incident.reopenedAt ?? []).map((moment) => Date.parse(moment));
    this.#resolvedAt = momentOf(incident.resolvedAt);
    this.#resolvedBy = incident.resolvedBy;
    this.#clearedBy = incident.clearedBy;
    this.#isFlapping = incident.flapping === true;
    this.#old = incident.old;
    this.#muted = incident.muted;
    this.#knownGood = incident.knownGood === true;
    this.#revision = incident.revision;
    this.#materialRevision = incident.materialRevision;
    this.probation = incident.probation && new Probation(incident.probation);
  }

  /** As it was published. */
  static restore(incident: Incident): IncidentRecord {
    return new IncidentRecord(incident);
  }

  /** A new one, which has no line yet; everything in it comes from its first signal, so a replay makes the same one. */
  static of(hit: Hit, at: { domain: string; partition: number; openedAt: number }): IncidentRecord {
    const { fingerprint, traceId, service, type, arrivedAt } = hit;
    const record = new IncidentRecord({
      id: `${at.partition}-${fingerprint}-${at.openedAt.toString(36)}`,
      ...{ fingerprint, traceId, service, type, domain: at.domain },
      ...described(hit),
      state: 'pending',
      ...{ revision: 1, materialRevision: 1, openings: 1, count: 0, hosts: [], hostCount: 0 },
      ...{ firstSeen: hit.firstSeen, lastSeen: hit.lastSeen },
      ...{
        firstArrivedAt: arrivedAt,
        lastArrivedAt: arrivedAt,
        openedAt: iso(at.openedAt),
        updatedAt: arrivedAt,
      },
      old: true,
      exemplars: [],
    });
    // Nothing has been published yet; the first publication raises this to 1.
    record.#revision = 0;
    return record;
  }

  get state(): IncidentState {
    return this.#state;
  }

  /** Whether people can be told of it. */
  get isOpen(): boolean {
    return this.#state === 'open' || this.#state === 'acknowledged';
  }

  get isPublished(): boolean {
    return this.#revision > 0;
  }

  get description(): Readonly<Description> {
    return this.#description;
  }

  get openedAt(): number {
    return this.#openedAt;
  }

  /** Event time of the line that opened or reopened it last. */
  get beganAt(): number {
    return this.reopenedAt ?? this.evidence.firstSeen;
  }

  /** Event time of the line that reopened it last; undefined where none has. */
  get reopenedAt(): number | undefined {
    return this.#reopenedAt.at(-1);
  }

  get resolvedAt(): number | undefined {
    return this.#resolvedAt;
  }

  get resolvedBy(): string | undefined {
    return this.#resolvedBy;
  }

  get isFlapping(): boolean {
    return this.#isFlapping;
  }

  get old(): boolean {
    return this.#old;
  }

  get muted(): Muted | undefined {
    return this.#muted;
  }

  get knownGood(): boolean {
    return this.#knownGood;
  }

  /** The part of a machine that it is about. */
  get part(): MachinePart | undefined {
    return machinePartOf(this.#description);
  }

  /** What it is about as far as causes go: a part of a machine, else its service. */
  get subject(): string {
    const { part } = this;
    return part === undefined ? this.service : JSON.stringify([part.host, part.component, part.sensor]);
  }

  get related(): RelatedIncident {
    return { id: this.id, service: this.service, title: this.#description.title };
  }

  /** What it is judged by. */
  get facts(): IncidentFacts {
    const { rule, pinned, template } = this.#description;
    return {
      incident: this.id,
      opening: this.#openings,
      fingerprint: this.fingerprint,
      ...(template && { template: template.id }),
      ...(template?.formerIds && { formerTemplates: template.formerIds }),
      count: this.evidence.count,
      ...{ rule, service: this.service, type: this.#fixed.type, pinned },
      hosts: this.evidence.hosts.names,
    };
  }

  /** The newest signal's word on what it is. */
  describe(hit: Hit): void {
    const { severity, pinned } = this.#description;
    this.#description = described(hit, this.#description);
    const changed = severity !== hit.severity || pinned !== hit.pinned;
    if (changed && this.isOpen) this.touch(true);
  }

  /** Counts further lines. What people have said is no problem is none for being more. */
  count(lines: Lines): void {
    const grown = this.evidence.add(lines) && this.#muted?.kind !== 'feedback';
    const isFresh = this.#old && !lines.old;
    if (isFresh) this.#old = false;
    this.touch(this.isOpen && (grown || isFresh));
  }

  /** Opens or reopens it, with lines that have passed. */
  open({ lines, threshold }: Passed, { incidents, language }: LifeConfig): void {
    if (this.#state === 'resolved') {
      const { moments, isFlapping } = reopenedAgain(this.#reopenedAt, lines.firstSeen, incidents.flapping);
      this.#reopenedAt = moments;
      this.#isFlapping = isFlapping;
      this.#openings += 1;
      this.handling.reopened();
      this.relatives.worst = undefined;
    } else this.#openedAt = Math.max(lines.lastArrivedAt, this.#openedAt);
    this.#state = 'open';
    this.#resolvedAt = undefined;
    this.#resolvedBy = undefined;
    this.#clearedBy = undefined;
    this.probation = undefined;
    this.evidence.add(lines);
    this.#old = lines.old;
    if (threshold !== undefined) {
      const { by, key } = threshold;
      const { captures } = this.#description;
      this.#description = {
        ...this.#description,
        detail: thresholdDetail(threshold, language),
        ...(captures &&
          by !== undefined &&
          by in captures &&
          key !== '' && { captures: { ...captures, [by]: key } }),
      };
    }
    this.touch(true);
  }

  /** Somebody takes it on. */
  acknowledge(action: ActionSignal): void {
    this.#state = 'acknowledged';
    this.handling.acknowledge(action);
  }

  /** @param line the line that says so */
  resolve(by: string, at: number, line?: Exemplar): void {
    this.#state = 'resolved';
    this.#resolvedAt = at;
    this.#resolvedBy = by;
    this.#clearedBy = line && { ...line, before: [] };
    this.#isFlapping = false;
    this.touch(true);
  }

  mute(muted: Muted | undefined): void {
    this.touch((muted === undefined) !== (this.#muted === undefined));
    this.#muted = muted;
  }

  set knownGood(is: boolean) {
    this.#knownGood = is;
    this.touch(false);
  }

  touch(material: boolean): void {
    this.touched = true;
    this.material ||= material;
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
    return {
      id: this.id,
      ...this.#fixed,
      service: this.service,
      fingerprint: this.fingerprint,
      ...this.#description,
      state: this.#state,
      revision: Math.max(1, this.#revision),
      materialRevision: this.#materialRevision,
      openings: this.#openings,
      ...this.evidence.written(),
      openedAt: iso(this.#openedAt),
      ...(this.#reopenedAt.length > 0 && { reopenedAt: this.#reopenedAt.map(iso) }),
      updatedAt: iso(now),
      ...(this.#resolvedAt !== undefined && { resolvedAt: iso(this.#resolvedAt) }),
      ...(this.#resolvedBy !== undefined && { resolvedBy: this.#resolvedBy }),
      ...(this.#clearedBy && { clearedBy: this.#clearedBy }),
      ...(this.probation && { probation: this.probation.written() }),
      old: this.#old,
      ...(this.#isFlapping && { flapping: true }),
      ...(this.#muted && { muted: this.#muted }),
      ...this.relatives.written(),
      ...(this.#knownGood && { knownGood: true }),
      ...this.handling.written(),
    };
  }

  /** An upper bound of its bytes in memory. */
  get bytes(): number {
    const parts =
      this.evidence.bytes + this.relatives.bytes + this.handling.bytes + (this.probation?.bytes ?? 0);
    return (
      2048 +
      parts +
      descriptionBytes(this.#description) +
      exemplarBytes(this.#clearedBy ? [this.#clearedBy] : [])
    );
  }
}
