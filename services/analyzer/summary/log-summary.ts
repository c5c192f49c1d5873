import type { Finding, Severity } from '#shared/model/index.ts';
import type { LogFilter, ServiceCount } from '#shared/store/port.ts';
import type { TraceLanguage } from '../detect/trace/trace.ts';
import type { Level } from './line-level.ts';

/** A line as it is shown. Hostile text, cut. */
export interface ShownLine {
  readonly id: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly host: string;
  readonly text: string;
}

/** One kind of line. Counts are whole; where lines were sampled they are estimates. */
export interface TemplateSummary {
  readonly id: string;
  readonly text: string;
  readonly count: number;
  /** Lines of it in a window of this length, by the median of the past ones; absent where there is no past. */
  readonly usual?: number;
  /** In no window of the past. */
  readonly isNew?: true;
  readonly level: Level;
  readonly exemplar: ShownLine;
}

export interface PatternSummary {
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly count: number;
}

export interface TraceSummary {
  readonly language: TraceLanguage;
  readonly exception: string;
  readonly message: string;
  readonly frame: string;
  readonly count: number;
  readonly exemplar: ShownLine;
}

/** A time of the past that is compared with. */
export interface PastWindow {
  readonly from: string;
  readonly to: string;
  /** Exact. */
  readonly lines: number;
}

/** Everything that `logpatrol summary` knows of some lines. Times are ISO 8601. */
export interface LogSummary {
  readonly filter: Omit<LogFilter, 'from' | 'to'>;
  readonly from: string;
  readonly to: string;
  /** Exact. */
  readonly lines: number;
  /** How many of them were read where that is not all: evenly over the time; what is counted by kind is an estimate then. */
  readonly sampled?: number;
  /** Exact counts by equal parts of the time. */
  readonly rate: { readonly sliceMs: number; readonly counts: readonly number[] };
  readonly past: readonly PastWindow[];
  /** Lines in a window of this length, by the median of the past; absent where there is no past. */
  readonly usual?: number;
  /** Lines of each level that occurs; `none`: they state no level. */
  readonly levels: Readonly<Partial<Record<Level, number>>>;
  /** Lines that say of themselves that they are errors or worse. */
  readonly errors: number;
  readonly usualErrors?: number;
  readonly hosts: readonly { readonly name: string; readonly count: number }[];
  readonly hostCount: number;
  /** The most frequent, and every one that is new, as far as there is room. */
  readonly templates: readonly TemplateSummary[];
  readonly templateCount: number;
  /** Kinds that the past has, and this time has not, the most frequent first. */
  readonly missing: readonly { readonly id: string; readonly text: string; readonly usual: number }[];
  /** Rules that match, the most severe first. */
  readonly patterns: readonly PatternSummary[];
  readonly traces: readonly TraceSummary[];
  readonly findings: readonly Pick<
    Finding,
    'id' | 'severity' | 'title' | 'rule' | 'state' | 'count' | 'firstSeen' | 'lastSeen' | 'hostCount'
  >[];
  readonly first?: ShownLine;
  readonly last?: ShownLine;
  /** Where there are no lines: the services that do have some in this time. */
  readonly otherServices: readonly ServiceCount[];
}
