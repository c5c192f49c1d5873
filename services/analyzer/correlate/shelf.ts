import type { IncidentRecord } from './incident-record.ts';

/** All the incidents of one domain, by what they are looked for. */
export class Shelf {
  readonly #byId = new Map<string, IncidentRecord>();
  readonly #byFingerprint = new Map<string, IncidentRecord>();
  readonly #byRule = new Map<string, Set<IncidentRecord>>();
  /** Under which rule it was put: an incident that gets worse may go on under another rule. */
  readonly #ruleOf = new Map<IncidentRecord, string>();
  readonly #openByService = new Map<string, Set<IncidentRecord>>();
  readonly #openByMachine = new Map<string, Set<IncidentRecord>>();
  /** By how long ago they were last changed, longest first. */
  readonly pending = new Set<IncidentRecord>();
  readonly open = new Set<IncidentRecord>();
  readonly resolved = new Set<IncidentRecord>();
  readonly #touched = new Set<IncidentRecord>();
  readonly #sizes = new Map<IncidentRecord, number>();
  #bytes = 0;

  get(id: string): IncidentRecord | undefined {
    return this.#byId.get(id);
  }

  withFingerprint(fingerprint: string): IncidentRecord | undefined {
    return this.#byFingerprint.get(fingerprint);
  }

  /** In any state. */
  ofRule(rule: string, service: string): readonly IncidentRecord[] {
    return [...(this.#byRule.get(ruleKey(rule, service)) ?? [])];
  }

  openOf(service: string): ReadonlySet<IncidentRecord> {
    return this.#openByService.get(service) ?? new Set();
  }

  /** Those about parts of this machine. */
  openOn(host: string): ReadonlySet<IncidentRecord> {
    return this.#openByMachine.get(host) ?? new Set();
  }

  /** Services with open incidents. */
  get openServices(): readonly string[] {
    return [...this.#openByService.keys()];
  }

  all(): readonly IncidentRecord[] {
    return [...this.#byId.values()];
  }

  /** Estimated bytes in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The one to be given up first, but not this one: resolved before pending before open, of each what was changed least lately. */
  leastMissed(except: IncidentRecord): IncidentRecord | undefined {
    for (const set of [this.resolved, this.pending, this.open])
      for (const record of set) if (record !== except) return record;
    return undefined;
  }

  /** Puts it in its place, as the one changed last, and weighs it. */
  put(record: IncidentRecord): void {
    this.#byId.set(record.id, record);
    this.#byFingerprint.set(record.fingerprint, record);
    this.#enterRule(record);
    for (const set of [this.pending, this.open, this.resolved]) set.delete(record);
    if (record.isOpen) {
      this.open.add(record);
      enter(this.#openByService, record.service, record);
      if (record.part !== undefined) enter(this.#openByMachine, record.part.host, record);
    } else {
      this.#close(record);
      (record.state === 'pending' ? this.pending : this.resolved).add(record);
    }
    if (record.touched) this.#touched.add(record);
    const { bytes } = record;
    this.#bytes += bytes - (this.#sizes.get(record) ?? 0);
    this.#sizes.set(record, bytes);
  }

  /** Takes it away; what nobody has heard of yet is told all the same where it was opened. */
  drop(record: IncidentRecord): void {
    this.#byId.delete(record.id);
    if (this.#byFingerprint.get(record.fingerprint) === record)
      this.#byFingerprint.delete(record.fingerprint);
    leave(this.#byRule, this.#ruleOf.get(record) ?? '', record);
    this.#ruleOf.delete(record);
    this.#close(record);
    for (const set of [this.pending, this.open, this.resolved]) set.delete(record);
    if (record.state === 'pending') this.#touched.delete(record);
    this.#bytes -= this.#sizes.get(record) ?? 0;
    this.#sizes.delete(record);
  }

  #close(record: IncidentRecord): void {
    leave(this.#openByService, record.service, record);
    if (record.part !== undefined) leave(this.#openByMachine, record.part.host, record);
  }

  #enterRule(record: IncidentRecord): void {
    const key = ruleKey(record.description.rule, record.service);
    const before = this.#ruleOf.get(record);
    if (before === key) return;
    if (before !== undefined) leave(this.#byRule, before, record);
    this.#ruleOf.set(record, key);
    enter(this.#byRule, key, record);
  }

  /** Those that were changed since `takeTouched`. */
  get touched(): ReadonlySet<IncidentRecord> {
    return this.#touched;
  }

  /** What is to be published; then nothing is touched any more. */
  takeTouched(): IncidentRecord[] {
    const touched = [...this.#touched];
    this.#touched.clear();
    return touched;
  }
}

function ruleKey(rule: string, service: string): string {
  return JSON.stringify([rule, service]);
}

function enter(index: Map<string, Set<IncidentRecord>>, key: string, record: IncidentRecord): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, new Set([record]));
  else known.add(record);
}

function leave(index: Map<string, Set<IncidentRecord>>, key: string, record: IncidentRecord): void {
  const known = index.get(key);
  known?.delete(record);
  if (known?.size === 0) index.delete(key);
}
