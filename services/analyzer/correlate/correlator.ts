import { type ActionSignal, type Clear, type Hit, type Incident, isDrill } from '#shared/model/index.ts';
import { type ActionOutcome, carryOut } from './actions.ts';
import { concerns } from './clears.ts';
import { ofAll, ofMachines, ofServices } from './dependence.ts';
import { Endings } from './endings.ts';
import { quietFor } from './flapping.ts';
import { IncidentRecord, type LifeConfig } from './incident-record.ts';
import { judge } from './judgement.ts';
import { type Lines, linesOf } from './lines.ts';
import { type Clock, type Passed, Probation } from './probation.ts';
import { Relations } from './relations.ts';
import { Shelf } from './shelf.ts';
import type { Surroundings } from './surroundings.ts';
import { Watch } from './watch.ts';

const minute = 60_000;
const hour = 60 * minute;

export interface CorrelatorOptions extends Surroundings, LifeConfig {
  /** Name of the domain and its partition on the narrow topics; the partition is part of each incident's id. */
  readonly domain: string;
  readonly partition: number;
  /** Bound of the state in memory, in bytes by a generous estimate. */
  readonly maxBytes?: number;
}

/** How large the state is. */
export interface CorrelatorSize {
  readonly pending: number;
  /** Without drills. */
  readonly open: number;
  readonly resolved: number;
  /** Of those that are open. */
  readonly muted: number;
  readonly flapping: number;
  readonly bytes: number;
  /** Incidents that had to be given up for the bound, since this correlator was made. */
  readonly evicted: number;
}

/**
 * Folds signals into incidents, one per fingerprint, and carries each through its life: pending while its lines do not count yet,
 * open, acknowledged by a person, resolved by a line, by a person or when quiet, reopened by a line within the reopening time, then forgotten. Pure: the clock is passed
 * in, and what is to be published is asked for with `take` and `takeForgotten`. Moments are milliseconds since the epoch.
 *
 * Counts are exact. Where the state would outgrow its bound, the incidents resolved longest ago are forgotten first, then pending
 * ones; where that is not enough, those that have had no line for the longest are resolved (`resolvedBy: capacity`) and forgotten,
 * so that a later line of theirs opens a new incident and no line of an incident goes uncounted.
 */
export class Correlator {
  readonly #options: CorrelatorOptions;
  readonly #maxBytes: number;
  readonly #shelf = new Shelf();
  readonly #endings = new Endings();
  readonly #watch = new Watch();
  readonly #relations: Relations;
  readonly #forgotten: string[] = [];
  #evicted = 0;
  /** The latest opening among the evicted: what opens later gets a later one, so that no id is used again. */
  #evictedTo = Number.NEGATIVE_INFINITY;

  constructor(options: CorrelatorOptions) {
    const { topology, incidents } = options;
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? 128 * 1024 * 1024;
    const dependences = [ofMachines(this.#shelf), ...(topology ? [ofServices(this.#shelf, topology)] : [])];
    this.#relations = new Relations(this.#shelf, ofAll(dependences), incidents.relateMinutes * minute);
  }

  /** Puts back a published incident; a later revision replaces an earlier one. */
  restore(incident: Incident): void {
    this.dropRestored(incident.id);
    this.#shelf.put(IncidentRecord.restore(incident));
  }

  /** Takes back what was restored under this id, for a tombstone was read. */
  dropRestored(id: string): void {
    const record = this.#shelf.get(id);
    if (record !== undefined) this.#shelf.drop(record);
  }

  /** Takes in lines of a failure. True where its incident is new or has changed materially. */
  fold(hit: Hit, now: number): boolean {
    const { oldAfterMinutes } = this.#options.incidents;
    const old = Date.parse(hit.lastSeen) + oldAfterMinutes * minute < Date.parse(hit.arrivedAt);
    const lines = linesOf(hit, old);
    const record = this.#recordOf(hit, lines.lastArrivedAt);
    record.describe(hit);
    if (record.isOpen || this.#endings.isOver(record, lines)) record.count(lines);
    else this.#tryOpen(record, this.#onProbation(record, hit, lines), now);
    if (record.probation?.isEmpty) record.probation = undefined;
    // All that there was of it has been excused already.
    if (record.state === 'pending' && record.probation === undefined) {
      this.#forget(record);
      return false;
    }
    this.#endings.heed(record);
    this.#shelf.put(record);
    this.#keepWithinBound(record, now);
    return record.material;
  }

  /** Takes in a line that ends a failure, or excuses it. True where an incident has changed materially. */
  clear(clear: Clear): boolean {
    this.#endings.remember(clear);
    let material = false;
    for (const record of this.#shelf.ofRule(clear.rule, clear.service)) {
      if (!concerns(clear.captures, record.description.captures)) continue;
      if (clear.purpose === 'unless') this.#excuse(record, clear);
      else if (this.#endings.resolve(record, clear)) this.#shelf.put(record);
      material ||= record.material;
    }
    return material;
  }

  /** Takes in what a person did. Where it is new to an incident, that is to be published at once: people look at the card. */
  act(action: ActionSignal, now: number): ActionOutcome {
    const record = this.#shelf.get(action.incidentId);
    if (record === undefined) return 'unknown';
    const outcome = carryOut(record, action, now);
    if (record.touched) this.#shelf.put(record);
    return outcome;
  }

  /** Looks at the deadlines, at what people want quiet and at what is related. True where something changed materially. */
  tick(now: number, caughtUp: boolean): boolean {
    const clock = this.#watch.at(now, caughtUp);
    const forgotten = this.#forgotten.length;
    this.#decide((record) => record.probation?.passedBy(clock), clock, now);
    if (clock !== undefined) this.#resolveQuiet(clock);
    for (const record of [...this.#shelf.open])
      if (judge(record, this.#options, now)) this.#shelf.put(record);
    this.#relations.review(clock);
    this.#forgetResolved(now);
    return this.#forgotten.length > forgotten || [...this.#shelf.touched].some(({ material }) => material);
  }

  /** Nothing more will come: opens what only waited for an excuse, and forgets what has not reached its threshold. */
  decide(now: number): void {
    this.#decide((record) => record.probation?.passedAtEnd(), { now: Infinity, watchingSince: 0 }, now);
  }

  /** Whether there is something to publish. */
  get hasTouched(): boolean {
    return this.#shelf.touched.size > 0;
  }

  /** Every incident that was touched since the last call, whole, its revision raised by one. */
  take(now: number): Incident[] {
    return this.#shelf.takeTouched().map((record) => record.publish(now));
  }

  /** Ids of the incidents that were forgotten since the last call; to be published after what `take` gave. */
  takeForgotten(): string[] {
    return this.#forgotten.splice(0);
  }

  /** Every incident as it is now, those that are pending too, without raising revisions. */
  incidents(now: number): Incident[] {
    return this.#shelf.all().map((record) => record.snapshot(now));
  }

  size(): CorrelatorSize {
    const { pending, open, resolved, bytes } = this.#shelf;
    let [muted, flapping, drills] = [0, 0, 0];
    for (const record of open) {
      if (isDrill(record.description)) drills += 1;
      if (record.muted !== undefined) muted += 1;
      if (record.isFlapping) flapping += 1;
    }
    const counts = { pending: pending.size, open: open.size - drills, resolved: resolved.size };
    return { ...counts, muted, flapping, bytes, evicted: this.#evicted };
  }

  /** The incident that these lines belong to; a new one where there is none, or where it was over for too long. */
  #recordOf(hit: Hit, arrivedAt: number): IncidentRecord {
    const known = this.#shelf.withFingerprint(hit.fingerprint);
    if (known !== undefined) {
      const { resolvedAt } = known;
      if (resolvedAt === undefined || arrivedAt <= resolvedAt + this.#reopenFor) return known;
      this.#forget(known);
    }
    const { domain, partition } = this.#options;
    return IncidentRecord.of(hit, { domain, partition, openedAt: Math.max(arrivedAt, this.#evictedTo + 1) });
  }

  #onProbation(record: IncidentRecord, hit: Hit, lines: Lines): Passed | undefined {
    const isConditional = hit.threshold !== undefined || hit.unlessWithinMs !== undefined;
    if (!isConditional && record.probation === undefined) return { lines };
    record.probation ??= new Probation();
    record.probation.add(hit, lines.old, (host) => this.#endings.excusesOf(record, host));
    record.touch(false);
    return record.probation.passed();
  }

  #tryOpen(record: IncidentRecord, passed: Passed | undefined, now: number): void {
    if (passed === undefined) return;
    record.open(passed, this.#options);
    judge(record, this.#options, now);
    this.#shelf.put(record);
    this.#relations.opened(record);
  }

  #excuse(record: IncidentRecord, clear: Clear): void {
    const { probation } = record;
    if (probation === undefined) return;
    let excused = false;
    for (const { name, lastSeen } of clear.hosts)
      excused = probation.excuse(name, Date.parse(lastSeen)) || excused;
    if (!excused) return;
    if (probation.isEmpty) this.#endProbation(record);
    else {
      record.touch(false);
      this.#shelf.put(record);
    }
  }

  /** Opens what has passed probation, and ends that of what never will. */
  #decide(
    passed: (record: IncidentRecord) => Passed | undefined,
    clock: Clock | undefined,
    now: number,
  ): void {
    for (const record of [...this.#shelf.pending, ...this.#shelf.resolved]) {
      if (record.probation === undefined) continue;
      this.#tryOpen(record, passed(record), now);
      if (record.isOpen) this.#endings.heed(record);
      else if (clock !== undefined && record.probation.isOver(clock)) this.#endProbation(record);
      if (record.isOpen) this.#shelf.put(record);
    }
  }

  #endProbation(record: IncidentRecord): void {
    record.probation = undefined;
    if (record.state === 'pending') {
      this.#forget(record);
      return;
    }
    record.touch(false);
    this.#shelf.put(record);
  }

  #resolveQuiet({ now, watchingSince }: Clock): void {
    for (const record of [...this.#shelf.open]) {
      const quietSince = Math.max(record.evidence.lastArrivedAt, watchingSince);
      if (now < quietSince + this.#quietFor(record)) continue;
      record.resolve('quiet', now);
      this.#shelf.put(record);
    }
  }

  /** A state that is told once and stays is not over for being quiet; once its hosts are well again it is like any other. */
  #quietFor({ isFlapping, description, evidence }: IncidentRecord): number {
    const usual = quietFor(isFlapping, this.#options.incidents);
    const { quietAfterMs } = description;
    return quietAfterMs === undefined || evidence.hosts.areAllClear ? usual : Math.max(usual, quietAfterMs);
  }

  #forgetResolved(now: number): void {
    for (const record of [...this.#shelf.resolved]) {
      // What is not published yet stays for one more tick, so that its end is told before it goes.
      if (record.touched || now <= (record.resolvedAt ?? now) + this.#reopenFor) continue;
      if (record.probation === undefined) this.#forget(record);
    }
  }

  get #reopenFor(): number {
    return this.#options.incidents.reopenHours * hour;
  }

  #forget(record: IncidentRecord): void {
    this.#shelf.drop(record);
    if (record.isPublished || record.state !== 'pending') this.#forgotten.push(record.id);
  }

  #keepWithinBound(newest: IncidentRecord, now: number): void {
    while (this.#shelf.bytes > this.#maxBytes) {
      const victim = this.#shelf.leastMissed(newest);
      if (victim === undefined) return;
      if (victim.isOpen) victim.resolve('capacity', now);
      // Whoever wants to keep it elsewhere gets it once more.
      victim.touch(false);
      this.#shelf.put(victim);
      this.#evictedTo = Math.max(this.#evictedTo, victim.openedAt);
      this.#forget(victim);
      this.#evicted += 1;
    }
  }
}
