import type { Config } from '#shared/config/index.ts';
import { compareSeverity } from '#shared/model/index.ts';
import type { ScannedLog } from '#shared/store/port.ts';
import { maskedLine } from '../detect/counts.ts';
import { createDetector, type Detector } from '../detect/index.ts';
import { eventLine, parseEvent } from '../detect/log-line.ts';
import type { RuleSet } from '../detect/rules/index.ts';
import { readTrace, traceSignature } from '../detect/stack-trace.ts';
import { StoredRecords } from '../stored-records.ts';
import { Kinds } from './kinds.ts';
import { isError, type Level, levelOf, levels } from './line-level.ts';
import type { LogSummary, PatternSummary, ShownLine, TemplateSummary, TraceSummary } from './log-summary.ts';

/** Characters shown of a line. */
const maxText = 2000;
/** Distinct hosts and traces that are counted, and how many of them are given. */
const maxCounted = 5000;
const maxHosts = 20;
const maxTraces = 20;
/** Templates given for being frequent, and for being new. */
const maxFrequent = 50;
const maxNew = 50;
const maxMissing = 20;
/** Windows of the past have to have so many lines of a kind, by the median, for it to be missed. */
const leastMissed = 5;

/** What is counted of the lines. */
export type Counted = Pick<
  LogSummary,
  | 'levels'
  | 'errors'
  | 'usualErrors'
  | 'hosts'
  | 'hostCount'
  | 'templates'
  | 'templateCount'
  | 'missing'
  | 'patterns'
  | 'traces'
>;

interface Trace {
  readonly trace: Omit<TraceSummary, 'count'>;
  count: number;
}

/** A kind of line that is known without its lines. */
export interface UsualKind {
  /** Its template. */
  readonly text: string;
  /** Lines in a window. */
  readonly count: number;
  readonly isError: boolean;
}

/**
 * Sums up lines: those of window 0 in all respects, those of windows 1 to `past` (the past) by kind. Pure.
 */
export class Tally {
  readonly #past: number;
  readonly #kinds: Kinds;
  readonly #levels = new Map<Level, number>();
  readonly #errors: number[];
  readonly #hosts = new Map<string, number>();
  readonly #patterns = new Map<string, PatternSummary>();
  readonly #traces = new Map<string, Trace>();
  readonly #records = new StoredRecords();
  readonly #detectors = new Map<string, Detector>();
  readonly #setting: { readonly config: Config; readonly rules: RuleSet };
  #first: ShownLine | undefined;
  #last: ShownLine | undefined;

  constructor(setting: { readonly config: Config; readonly rules: RuleSet }, past: number) {
    this.#setting = setting;
    this.#past = past;
    this.#kinds = new Kinds(past + 1);
    this.#errors = new Array<number>(past + 1).fill(0);
  }

  /**
   * Takes in lines, oldest first.
   *
   * @param window 0: what is summed up
   * @param weight how many lines each stands for
   */
  add(lines: readonly ScannedLog[], window: number, weight: number): void {
    for (const [type, records] of this.#records.byType(lines)) {
      for (const [index, log] of lines.filter((line) => line.type === type).entries())
        this.#addLine(log, records[index]?.value ?? Buffer.alloc(0), window, weight);
      if (window === 0) this.#match(type, records, weight);
    }
  }

  /** Takes in what is usual, as window 1. */
  addUsual(kinds: readonly UsualKind[]): void {
    for (const { text, count, isError: isBad } of kinds) {
      this.#kinds.add(text, { window: 1, weight: count, level: 'none' });
      if (isBad) this.#errors[1] = (this.#errors[1] ?? 0) + count;
    }
  }

  get first(): ShownLine | undefined {
    return this.#first;
  }

  get last(): ShownLine | undefined {
    return this.#last;
  }

  counted(): Counted {
    const levelCounts = levels.flatMap((level) => {
      const count = this.#levels.get(level);
      return count === undefined ? [] : [[level, Math.round(count)] as const];
    });
    const past = this.#past === 0 ? undefined : this.#errors.slice(1);
    return {
      levels: Object.fromEntries(levelCounts),
      errors: Math.round(this.#errors[0] ?? 0),
      ...(past && { usualErrors: Math.round(median(past)) }),
      hosts: [...this.#hosts]
        .map(([name, count]) => ({ name, count: Math.round(count) }))
        .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
        .slice(0, maxHosts),
      hostCount: this.#hosts.size,
      ...this.#templates(),
      patterns: [...this.#patterns.values()]
        .map((pattern) => ({ ...pattern, count: Math.round(pattern.count) }))
        .sort((a, b) => compareSeverity(b.severity, a.severity) || b.count - a.count),
      traces: [...this.#traces.values()]
        .sort((a, b) => b.count - a.count)
        .slice(0, maxTraces)
        .map(({ trace, count }) => ({ ...trace, count: Math.round(count) })),
    };
  }

  #addLine(log: ScannedLog, value: Buffer, window: number, weight: number): void {
    const event = parseEvent(value) ?? { message: log.message };
    const line = eventLine(event, log.type, Date.parse(log.timestamp));
    const level = levelOf(line.message, event.log?.level);
    const shown = (): ShownLine => ({
      id: log.id,
      timestamp: log.timestamp,
      host: log.host,
      text: line.text.slice(0, maxText).toWellFormed(),
    });
    this.#kinds.add(maskedLine(line), { window, weight, level, shown });
    if (isError(level)) this.#errors[window] = (this.#errors[window] ?? 0) + weight;
    if (window !== 0) return;
    this.#first ??= shown();
    this.#last = shown();
    this.#levels.set(level, (this.#levels.get(level) ?? 0) + weight);
    if (this.#hosts.has(log.host) || this.#hosts.size < maxCounted)
      this.#hosts.set(log.host, (this.#hosts.get(log.host) ?? 0) + weight);
    this.#addTrace(line.text, weight, shown);
  }

  #addTrace(text: string, weight: number, shown: () => ShownLine): void {
    const signature = traceSignature(text);
    if (signature === undefined) return;
    const known = this.#traces.get(signature);
    if (known !== undefined) known.count += weight;
    else if (this.#traces.size < maxCounted) {
      const trace = readTrace(text);
      if (trace !== undefined)
        this.#traces.set(signature, { trace: { ...trace, exemplar: shown() }, count: weight });
    }
  }

  #match(type: string, records: Parameters<Detector['detect']>[0], weight: number): void {
    let detector = this.#detectors.get(type);
    if (detector === undefined) {
      const { config, rules } = this.#setting;
      detector = createDetector({ rules, type, packs: config.routes[type]?.packs, domains: config.domains });
      this.#detectors.set(type, detector);
    }
    const now = records.at(-1)?.timestamp ?? 0;
    for (const { rule, title, severity, count } of detector.detect(records, now).signals) {
      const before = this.#patterns.get(rule)?.count ?? 0;
      this.#patterns.set(rule, { rule, title, severity, count: before + count * weight });
    }
  }

  #templates(): Pick<Counted, 'templates' | 'templateCount' | 'missing'> {
    const present: TemplateSummary[] = [];
    const missing: { id: string; text: string; usual: number }[] = [];
    for (const [id, { text, counts, level, exemplar }] of this.#kinds.all()) {
      const [count = 0, ...past] = counts;
      const usual = Math.round(median(past));
      if (exemplar !== undefined)
        present.push({
          id,
          text,
          count: Math.max(1, Math.round(count)),
          ...(past.length > 0 && { usual }),
          ...(past.length > 0 && past.every((each) => each === 0) && { isNew: true as const }),
          level,
          exemplar,
        });
      else if (usual >= leastMissed) missing.push({ id, text, usual });
    }
    present.sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1));
    const news = present
      .slice(maxFrequent)
      .filter(({ isNew }) => isNew)
      .sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level))
      .slice(0, maxNew);
    return {
      templates: [...present.slice(0, maxFrequent), ...news],
      templateCount: present.length,
      missing: missing.sort((a, b) => b.usual - a.usual).slice(0, maxMissing),
    };
  }
}

/** Of none: 0. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
