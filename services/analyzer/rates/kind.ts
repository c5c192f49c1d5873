import { hash } from 'node:crypto';
import type { Baseline, Exemplar, Severity, TemplateLabel } from '#shared/model/index.ts';
import { Histogram } from './histogram.ts';
import { Hours } from './hours.ts';

const minuteMs = 60_000;
/** Lines are counted in windows of so many milliseconds of event time. */
export const windowMs = 5 * minuteMs;
/** After a week the past weighs half: three weeks' windows are remembered, and a change is the usual after some days. */
const halfLifeMs = 7 * 24 * 60 * minuteMs;
/** Longer without a line: what was before is no history of what comes. */
export const historyGapMs = 7 * 24 * 60 * minuteMs;
const maxFormerIds = 20;

/** The key of a baseline's record. */
export function keyOf(service: string, templateId: string): string {
  return hash('sha1', JSON.stringify([service, templateId]), 'hex').slice(0, 16);
}

/** What is told of a window that has been closed. */
export interface ClosedWindow {
  readonly at: number;
  readonly count: number;
}

/** One kind of line of one service, or all its lines together, and what is usual of it. Moments are ms since the epoch, of event time. */
export class Kind {
  readonly key: string;
  readonly service: string;
  readonly type: string;
  readonly template: TemplateLabel | undefined;
  formerIds: string[];
  firstSeen: number;
  lastSeen: number;
  total: number;
  severity: Severity;
  rule: string | undefined;
  sampling: number;
  /** Since when its lines come long after they were written, by their arrival: a backlog is being read. */
  lateSince: number | undefined;
  spike: Baseline['spike'];
  silent: Baseline['silent'];
  exemplar: Exemplar | undefined;
  news: Baseline['news'];
  /** Whether a record of it has been published. */
  isPublished = false;
  counts: Histogram;
  gaps: Histogram;
  #hours: Hours | undefined;
  #window: { at: number; count: number } | undefined;
  #minutes: Map<number, number>;
  /** The last minute with a line that is no longer open to late ones. */
  #lastMinute: number | undefined;
  #bounds: { median: number; deviation: number; busiest: number; usualHour: number | undefined } | undefined;

  private constructor(state: Baseline) {
    this.key = state.key;
    this.service = state.service;
    this.type = state.type;
    this.template = state.template;
    this.formerIds = [...state.formerIds];
    this.firstSeen = state.firstSeen;
    this.lastSeen = state.lastSeen;
    this.total = state.total;
    this.severity = state.severity;
    this.rule = state.rule;
    this.sampling = state.sampling;
    this.spike = state.spike;
    this.silent = state.silent;
    this.exemplar = state.exemplar;
    this.news = state.news;
    this.counts = new Histogram(halfLifeMs / windowMs, state.counts);
    this.gaps = new Histogram(halfLifeMs / minuteMs, state.gaps);
    this.#hours = state.hours === undefined ? undefined : new Hours(state.hours);
    this.#window = state.window === undefined ? undefined : { ...state.window };
    this.#minutes = new Map(state.minutes);
    this.#lastMinute = state.lastMinute;
  }

  static restore(state: Baseline): Kind {
    const kind = new Kind(state);
    kind.isPublished = true;
    return kind;
  }

  /** One of which a line was seen for the first time. */
  static create(from: Pick<Baseline, 'service' | 'type' | 'template'>, minute: number): Kind {
    return new Kind({
      ...from,
      key: keyOf(from.service, from.template?.id ?? ''),
      formerIds: [],
      firstSeen: minute,
      lastSeen: minute,
      total: 0,
      severity: 'info',
      counts: [],
      gaps: [],
      minutes: [],
      sampling: 1,
    });
  }

  /** Counts lines of a minute. False where that minute is closed: they only show that it was seen. */
  add(minute: number, count: number, closedTo: number): boolean {
    this.total += count;
    this.lastSeen = Math.max(this.lastSeen, minute);
    if (minute <= closedTo) return false;
    this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + count);
    return true;
  }

  /**
   * Closes the minutes up to and with `closedTo`, and learns from the windows that are complete by then. Windows without a line since the
   * last one are counted as such, and not told of.
   *
   * @param learned how much of a window's lines is learned as usual
   */
  close(
    closedTo: number,
    learned: (window: ClosedWindow) => number,
    onWindow: (window: ClosedWindow) => void,
  ): void {
    const due = [...this.#minutes.keys()].filter((minute) => minute <= closedTo).sort((a, b) => a - b);
    const complete = (window: ClosedWindow) => {
      onWindow(window);
      this.#learn(window, learned(window));
    };
    for (const minute of due) {
      const count = this.#minutes.get(minute) ?? 0;
      this.#minutes.delete(minute);
      this.#beat(minute);
      const at = minute - (minute % windowMs);
      if (this.#window !== undefined && this.#window.at !== at) {
        complete(this.#window);
        const zeros = (at - this.#window.at) / windowMs - 1;
        if (zeros > 0) this.#learnZeros(zeros);
        this.#window = undefined;
      }
      this.#window ??= { at, count: 0 };
      this.#window.count += count;
    }
    const window = this.#window;
    if (window === undefined || window.at + windowMs - minuteMs > closedTo) return;
    complete(window);
    const zeros = Math.floor((closedTo + minuteMs - window.at) / windowMs) - 1;
    if (zeros > 0) {
      this.#learnZeros(zeros);
      onWindow({ at: window.at + zeros * windowMs, count: 0 });
    }
    this.#window = { at: window.at + (zeros + 1) * windowMs, count: 0 };
  }

  /** Lines so far in the window that holds this minute. */
  countAt(minute: number): ClosedWindow {
    const at = minute - (minute % windowMs);
    let count = this.#window?.at === at ? this.#window.count : 0;
    for (const [each, lines] of this.#minutes) if (each >= at && each < at + windowMs) count += lines;
    return { at, count };
  }

  /** What is usual in the window that begins at `at`. */
  usual(at: number) {
    this.#bounds ??= {
      median: this.counts.median,
      deviation: this.counts.deviation,
      busiest: this.counts.largest,
      usualHour: this.#hours?.usual(at),
    };
    return this.#bounds;
  }

  /** Its template with the names it had. */
  get label(): TemplateLabel | undefined {
    if (this.template === undefined) return undefined;
    const { id, text } = this.template;
    return { id, text, ...(this.formerIds.length > 0 && { formerIds: [...this.formerIds] }) };
  }

  /** Nothing is open: neither a minute nor a window with a line, nor anything that goes on. */
  get isIdle(): boolean {
    return this.#minutes.size === 0 && (this.#window?.count ?? 0) === 0 && this.spike === undefined;
  }

  /** Whether its beats have been followed since it was seen last: not where it comes from a learned history only. */
  get isFollowed(): boolean {
    return this.#lastMinute !== undefined;
  }

  /** Lines of this minute have arrived. */
  arrived(minute: number, arrivedAt: number, lateAfterMs: number): void {
    this.lateSince = minute >= arrivedAt - lateAfterMs ? undefined : (this.lateSince ?? arrivedAt);
  }

  /** It was missing, and is there again: how long it was away is no usual gap. */
  heardAgain(): void {
    this.silent = undefined;
    this.#lastMinute = undefined;
  }

  /** The same under the name of the template that its own has become. */
  renamed(template: TemplateLabel): Kind {
    const own = this.template === undefined ? [] : [this.template.id];
    return new Kind({
      ...this.state(),
      key: keyOf(this.service, template.id),
      template,
      formerIds: [...this.formerIds, ...own].filter((id) => id !== template.id).slice(-maxFormerIds),
    });
  }

  /** Length of its history in milliseconds. */
  history(now: number): number {
    return Math.max(0, now - this.firstSeen);
  }

  /** Minutes between two beats. */
  beats(): { usualGap: number; longestGap: number; gaps: number } {
    return { usualGap: this.gaps.median, longestGap: this.gaps.largest, gaps: this.gaps.weight };
  }

  /** Forgets what is usual; what is counted at present stays. */
  startAnew(minute: number): void {
    this.counts = new Histogram(halfLifeMs / windowMs);
    this.gaps = new Histogram(halfLifeMs / minuteMs);
    this.#hours = undefined;
    this.#bounds = undefined;
    this.#window = undefined;
    this.#lastMinute = undefined;
    this.#minutes.clear();
    this.firstSeen = minute;
    this.lastSeen = minute;
    this.spike = undefined;
    this.silent = undefined;
  }

  /** Takes in another kind, for their lines are one kind now. */
  absorb(other: Kind): void {
    this.firstSeen = Math.min(this.firstSeen, other.firstSeen);
    this.lastSeen = Math.max(this.lastSeen, other.lastSeen);
    this.total += other.total;
    this.counts = this.counts.plus(other.counts);
    // Whichever beats more often tells of both.
    if (other.gaps.weight > this.gaps.weight) this.gaps = other.gaps;
    this.#lastMinute = Math.max(this.#lastMinute ?? 0, other.#lastMinute ?? 0) || undefined;
    if (other.#window !== undefined) {
      if (this.#window === undefined || this.#window.at < other.#window.at)
        this.#window = { ...other.#window };
      else if (this.#window.at === other.#window.at) this.#window.count += other.#window.count;
    }
    for (const [minute, count] of other.#minutes)
      this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + count);
    if (other.severity !== 'info' && this.severity === 'info') this.severity = other.severity;
    this.rule ??= other.rule;
    this.exemplar ??= other.exemplar;
    // Of two busy hours the sum is not known: the hours begin anew.
    this.#hours = undefined;
    this.#bounds = undefined;
    const own = other.template === undefined ? [] : [other.template.id];
    this.formerIds = [...new Set([...this.formerIds, ...other.formerIds, ...own])]
      .filter((id) => id !== this.template?.id)
      .slice(-maxFormerIds);
  }

  /** As it is published. */
  state(): Baseline {
    return {
      key: this.key,
      service: this.service,
      type: this.type,
      ...(this.template !== undefined && { template: { id: this.template.id, text: this.template.text } }),
      formerIds: [...this.formerIds],
      firstSeen: this.firstSeen,
      lastSeen: this.lastSeen,
      total: this.total,
      severity: this.severity,
      ...(this.rule !== undefined && { rule: this.rule }),
      counts: this.counts.list(),
      gaps: this.gaps.list(),
      ...(this.#hours !== undefined && { hours: this.#hours.state() }),
      ...(this.#window !== undefined && { window: { ...this.#window } }),
      minutes: [...this.#minutes].sort(([a], [b]) => a - b),
      ...(this.#lastMinute !== undefined && { lastMinute: this.#lastMinute }),
      sampling: this.sampling,
      ...(this.spike !== undefined && { spike: this.spike }),
      ...(this.silent !== undefined && { silent: this.silent }),
      ...(this.exemplar !== undefined && { exemplar: this.exemplar }),
      ...(this.news !== undefined && { news: this.news }),
    };
  }

  /** What it takes in memory, estimated from above. */
  get bytes(): number {
    const text = (this.template?.text.length ?? 0) + this.service.length + (this.exemplar?.text.length ?? 0);
    return (
      2400 +
      2 * text +
      48 * (this.counts.size + this.gaps.size + this.#minutes.size + this.formerIds.length) +
      (this.#hours === undefined ? 0 : 1000)
    );
  }

  /** A minute with such lines; sorted, each once. */
  #beat(minute: number): void {
    if (this.#lastMinute !== undefined && minute > this.#lastMinute) {
      const gap = (minute - this.#lastMinute) / minuteMs;
      this.gaps.age(gap);
      this.gaps.add(gap);
    }
    this.#lastMinute = Math.max(this.#lastMinute ?? minute, minute);
  }

  #learn({ at }: ClosedWindow, count: number): void {
    this.counts.age(1);
    this.counts.add(count);
    if (this.counts.median > 0) {
      this.#hours ??= new Hours();
      this.#hours.add(at, count);
    }
    this.#bounds = undefined;
  }

  #learnZeros(windows: number): void {
    this.counts.addZeros(windows);
    this.#bounds = undefined;
  }
}
