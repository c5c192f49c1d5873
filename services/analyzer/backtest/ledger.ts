import { compareSeverity, type Finding, type Hit, type Severity } from '#shared/model/index.ts';
import type { IncidentChange, RuleSum, Seen } from './report.ts';

/** Kinds of failure that are kept; nobody reads more, and memory must not grow with the logs. */
export const maxKinds = 20_000;
/** Characters kept of a line. */
const maxText = 1000;

/** One kind of failure: all incidents of one fingerprint. */
export type Kind = Seen &
  Pick<IncidentChange, 'domain' | 'fingerprint' | 'rule' | 'title' | 'service' | 'type' | 'exemplar'> & {
    /** Ids of lines that it shows as evidence. */
    readonly lineIds: readonly string[];
  };

interface Entry {
  readonly first: Finding;
  /** Newest state of each of its incidents. */
  readonly incidents: Map<string, { count: number; openings: number; severity: Severity; hostCount: number }>;
  readonly lineIds: Set<string>;
  firstSeen: string;
  lastSeen: string;
}

/** What became of the lines under one set of rules. */
export class Ledger {
  readonly #kinds = new Map<string, Entry>();
  readonly #lines = new Map<string, number>();
  readonly #left = new Set<string>();

  /** Takes in a hit: its lines count for its rule, whether an incident comes of them or not. */
  addHit(hit: Hit): void {
    this.#lines.set(hit.rule, (this.#lines.get(hit.rule) ?? 0) + hit.count);
  }

  /** Takes in the newest state of an incident. */
  addFinding(finding: Finding): void {
    const key = `${finding.domain} ${finding.fingerprint}`;
    let entry = this.#kinds.get(key);
    if (entry === undefined) {
      if (this.#kinds.size >= maxKinds) {
        if (this.#left.size < maxKinds) this.#left.add(key);
        return;
      }
      entry = {
        first: finding,
        incidents: new Map(),
        lineIds: new Set(),
        firstSeen: finding.firstSeen,
        lastSeen: finding.lastSeen,
      };
      this.#kinds.set(key, entry);
    }
    const { count, openings, severity, hostCount } = finding;
    const before = entry.incidents.get(finding.id)?.severity ?? severity;
    entry.incidents.set(finding.id, { count, openings, severity: worse(severity, before), hostCount });
    if (finding.firstSeen < entry.firstSeen) entry.firstSeen = finding.firstSeen;
    if (finding.lastSeen > entry.lastSeen) entry.lastSeen = finding.lastSeen;
    if (entry.lineIds.size < 10) for (const { id } of finding.exemplars) entry.lineIds.add(id);
  }

  /** Kinds that were left out for the bound (counted up to the bound itself). */
  get left(): number {
    return this.#left.size;
  }

  get count(): number {
    return this.#kinds.size;
  }

  kinds(): Map<string, Kind> {
    return new Map([...this.#kinds].map(([key, entry]) => [key, kindOf(entry)]));
  }

  rules(): Map<string, RuleSum> {
    const incidents = new Map<string, number>();
    for (const entry of this.#kinds.values()) {
      const kind = kindOf(entry);
      incidents.set(kind.rule, (incidents.get(kind.rule) ?? 0) + kind.incidents);
    }
    const names = new Set([...this.#lines.keys(), ...incidents.keys()]);
    return new Map(
      [...names].map((rule) => [
        rule,
        { lines: this.#lines.get(rule) ?? 0, incidents: incidents.get(rule) ?? 0 },
      ]),
    );
  }
}

function kindOf({ first, incidents, lineIds, firstSeen, lastSeen }: Entry): Kind {
  const [exemplar] = first.exemplars;
  let severity: Severity = 'info';
  const sums = { incidents: 0, count: 0, hostCount: 0 };
  for (const each of incidents.values()) {
    severity = worse(severity, each.severity);
    sums.incidents += each.openings;
    sums.count += each.count;
    sums.hostCount = Math.max(sums.hostCount, each.hostCount);
  }
  return {
    domain: first.domain,
    fingerprint: first.fingerprint,
    rule: first.rule,
    title: first.title,
    service: first.service,
    type: first.type,
    severity,
    ...sums,
    firstSeen,
    lastSeen,
    lineIds: [...lineIds],
    exemplar: {
      id: exemplar?.id ?? '',
      host: exemplar?.host ?? '',
      timestamp: exemplar?.timestamp ?? firstSeen,
      text: (exemplar?.text ?? '').slice(0, maxText).toWellFormed(),
    },
  };
}

function worse(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) >= 0 ? a : b;
}
