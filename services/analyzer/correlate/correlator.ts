import type { Config } from '#shared/config/index.ts';
import type { Hit, Incident } from '#shared/model/index.ts';
import { IncidentRecord } from './incident-record.ts';
import type { Surroundings } from './surroundings.ts';

const minute = 60_000;
const hour = 60 * minute;
/**
 * Ticks come once a second. After a longer gap (a stalled process, a new owner) the stage has not been watching, and silence
 * counts from then only.
 */
const longestTickGap = 10_000;

export interface CorrelatorOptions extends Surroundings {
  readonly incidents: Config['incidents'];
  /** Name of the domain and its partition on the narrow topics; the partition is part of each incident's id. */
  readonly domain: string;
  readonly partition: number;
  /** Bound of the state in memory, in bytes by a generous estimate. */
  readonly maxBytes?: number;
}

/** How large the state is. */
export interface CorrelatorSize {
  readonly open: number;
  readonly resolved: number;
  readonly bytes: number;
  /** Incidents that had to be given up for the bound, since this correlator was made. */
  readonly evicted: number;
}

/**
 * Folds signals into incidents, one per fingerprint, and carries each through its life: open, resolved when quiet, reopened
 * by a line within the reopening time, then forgotten. Pure: the clock is passed in, and what is to be published is asked
 * for with `take` and `takeForgotten`. Moments are milliseconds since the epoch.
 *
 * Counts are exact. Where the state would outgrow its bound, the incidents resolved longest ago are forgotten first; where
 * that is not enough, those that have had no line for the longest are resolved (`resolvedBy: capacity`) and forgotten, so
 * that a later line of theirs opens a new incident and no line goes uncounted.
 */
export class Correlator {
  readonly #options: CorrelatorOptions;
  readonly #maxBytes: number;
  readonly #byId = new Map<string, IncidentRecord>();
  readonly #byFingerprint = new Map<string, IncidentRecord>();
  /** By how long ago they were last changed, longest first. */
  readonly #open = new Set<IncidentRecord>();
  readonly #resolved = new Set<IncidentRecord>();
  readonly #touched = new Set<IncidentRecord>();
  readonly #forgotten: string[] = [];
  readonly #sizes = new Map<IncidentRecord, number>();
  #bytes = 0;
  #evicted = 0;
  /** The latest opening among the evicted: what opens later gets a later one, so that no id is used again. */
  #evictedTo = Number.NEGATIVE_INFINITY;
  #watchingSince: number | undefined;
  #lastTick = 0;

  constructor(options: CorrelatorOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? 128 * 1024 * 1024;
  }

  /** Puts back a published incident; a later revision replaces an earlier one. */
  restore(incident: Incident): void {
    this.dropRestored(incident.id);
    this.#admit(IncidentRecord.restore(incident));
  }

  /** Takes back what was restored under this id, for a tombstone was read. */
  dropRestored(id: string): void {
    const record = this.#byId.get(id);
    if (record !== undefined) this.#drop(record);
  }

  /** Takes in one signal. True where its incident is new or has changed materially. */
  fold(signal: Hit, now: number): boolean {
    const old = Date.parse(signal.lastSeen) + this.#oldAfter < Date.parse(signal.arrivedAt);
    const known = this.#byFingerprint.get(signal.fingerprint);
    const reopenable =
      known?.resolvedAt === undefined || Date.parse(signal.arrivedAt) <= known.resolvedAt + this.#reopenFor;
    let record: IncidentRecord;
    if (known !== undefined && reopenable) {
      record = known;
      record.fold(signal, old);
    } else {
      if (known !== undefined) this.#forget(known);
      const { domain, partition } = this.#options;
      const openedAt = Math.max(Date.parse(signal.arrivedAt), this.#evictedTo + 1);
      record = IncidentRecord.open(signal, { domain, partition, openedAt, old });
    }
    this.#admit(record);
    this.#touched.add(record);
    this.#keepWithinBound(record, now);
    return record.material;
  }

  /**
   * Looks at the deadlines. An incident is quiet when it has had no line for the configured time, nothing newer waits
   * (`caughtUp`), and this correlator itself has watched for that long: after an outage the lines that are missing may still
   * be on their way. True where something changed.
   */
  tick(now: number, caughtUp: boolean): boolean {
    if (now - this.#lastTick > longestTickGap) this.#watchingSince = undefined;
    this.#lastTick = now;
    if (caughtUp) this.#watchingSince ??= now;
    let changed = false;
    if (caughtUp && this.#watchingSince !== undefined)
      for (const record of this.#open) {
        if (now < Math.max(record.lastArrivedAt, this.#watchingSince) + this.#quietFor) continue;
        this.#resolve(record, 'quiet', now);
        changed = true;
      }
    for (const record of this.#resolved) {
      // What is not published yet stays for one more tick, so that its end is told before it goes.
      if (record.touched || now <= (record.resolvedAt ?? now) + this.#reopenFor) continue;
      this.#forget(record);
      changed = true;
    }
    return changed;
  }

  /** Every incident that was touched since the last call, whole, its revision raised by one. */
  take(now: number): Incident[] {
    const incidents = [...this.#touched].map((record) => record.publish(now));
    this.#touched.clear();
    return incidents;
  }

  /** Ids of the incidents that were forgotten since the last call; to be published after what `take` gave. */
  takeForgotten(): string[] {
    return this.#forgotten.splice(0);
  }

  /** Every incident as it is now, without raising revisions. */
  incidents(now: number): Incident[] {
    return [...this.#byId.values()].map((record) => record.snapshot(now));
  }

  size(): CorrelatorSize {
    return {
      open: this.#open.size,
      resolved: this.#resolved.size,
      bytes: this.#bytes,
      evicted: this.#evicted,
    };
  }

  get #oldAfter(): number {
    return this.#options.incidents.oldAfterMinutes * minute;
  }

  get #quietFor(): number {
    return this.#options.incidents.quietMinutes * minute;
  }

  get #reopenFor(): number {
    return this.#options.incidents.reopenHours * hour;
  }

  /** Enters it under its keys, as the one changed last, and weighs it. */
  #admit(record: IncidentRecord): void {
    this.#byId.set(record.id, record);
    this.#byFingerprint.set(record.fingerprint, record);
    this.#open.delete(record);
    this.#resolved.delete(record);
    (record.state === 'resolved' ? this.#resolved : this.#open).add(record);
    const bytes = record.bytes;
    this.#bytes += bytes - (this.#sizes.get(record) ?? 0);
    this.#sizes.set(record, bytes);
  }

  #resolve(record: IncidentRecord, by: string, now: number): void {
    record.resolve(by, now);
    this.#admit(record);
    this.#touched.add(record);
  }

  #forget(record: IncidentRecord): void {
    this.#drop(record);
    this.#forgotten.push(record.id);
  }

  #drop(record: IncidentRecord): void {
    this.#byId.delete(record.id);
    if (this.#byFingerprint.get(record.fingerprint) === record)
      this.#byFingerprint.delete(record.fingerprint);
    this.#open.delete(record);
    this.#resolved.delete(record);
    this.#bytes -= this.#sizes.get(record) ?? 0;
    this.#sizes.delete(record);
  }

  #keepWithinBound(newest: IncidentRecord, now: number): void {
    while (this.#bytes > this.#maxBytes) {
      const [victim] = this.#resolved.size > 0 ? this.#resolved : this.#open;
      if (victim === undefined || victim === newest) return;
      if (victim.state !== 'resolved') this.#resolve(victim, 'capacity', now);
      this.#forget(victim);
      this.#evicted += 1;
      this.#evictedTo = Math.max(this.#evictedTo, victim.openedAt);
    }
  }
}
