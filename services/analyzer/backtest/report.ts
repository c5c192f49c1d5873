import type { Severity } from '#shared/model/index.ts';

/** What one set of rules makes of one kind of failure (one fingerprint) in the time looked at. */
export interface Seen {
  /** The most severe that its finding was. */
  readonly severity: Severity;
  /** Incidents, each reopening counted too: how often people would have been told. */
  readonly incidents: number;
  /** Lines. */
  readonly count: number;
  readonly hostCount: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** One kind of failure under both sets of rules. */
export interface IncidentChange {
  readonly change: 'new' | 'gone' | 'changed' | 'same';
  readonly domain: string;
  readonly fingerprint: string;
  readonly rule: string;
  readonly title: string;
  readonly service: string;
  readonly type: string;
  readonly present?: Seen;
  readonly changed?: Seen;
  /** The rule that spoke for the same line before (of what is new), or speaks for it now (of what is gone). */
  readonly otherRule?: string;
  /** One of its lines. Hostile text. */
  readonly exemplar: {
    readonly id: string;
    readonly host: string;
    readonly timestamp: string;
    readonly text: string;
  };
}

/** Lines that a rule matched, and kinds of failure and incidents that came of them. */
export interface RuleSum {
  readonly lines: number;
  readonly incidents: number;
}

export interface RuleChange {
  readonly rule: string;
  readonly present: RuleSum;
  readonly changed: RuleSum;
}

/** What a changed set of rules would have made of the stored lines. Times are ISO 8601. */
export interface BacktestReport {
  /** The time asked for, and that of the lines read. */
  readonly from: string;
  readonly to: string;
  readonly firstLine: string | undefined;
  readonly lastLine: string | undefined;
  readonly lines: number;
  /** False where the limit of lines was reached. */
  readonly complete: boolean;
  /** Packs that were put in place of those of their name. */
  readonly packs: readonly string[];
  readonly sums: Readonly<Record<IncidentChange['change'], number>>;
  /** Kinds of failure beyond the bound, which are in no list. */
  readonly left: number;
  /** Rules that matched anything, those with changes first. */
  readonly rules: readonly RuleChange[];
  /** What is new first, then gone, changed and the same; the most severe of each first. */
  readonly incidents: readonly IncidentChange[];
}
