import type { Config } from '#shared/config/index.ts';
import type { Counts, Exemplar, Severity } from '#shared/model/index.ts';
import { maskLine } from '../templates/index.ts';
import { eventTime } from './event-time.ts';
import type { BatchOrigin } from './hits.ts';
import { saysError } from './level.ts';
import type { LogLine } from './log-line.ts';
import { RecentKinds } from './recent-kinds.ts';
import { tellingLine } from './stack-trace.ts';

const minuteMs = 60_000;
/** Characters of a masked line, and of an exemplar of a kind. */
const maxMasked = 300;
const maxText = 1024;
/** Kinds of lines in one signal; of further ones only the lines are counted. */
const maxEntries = 400;
/** So many seconds' lines may come at once before they are sampled: a burst of a quiet service is counted whole. */
const burstSeconds = 5;

/** A line as it is counted. */
export interface CountedLine {
  readonly line: LogLine;
  /** When it was read, in milliseconds since the epoch. */
  readonly readAt: number;
  /** The rule that speaks for it, where one does. */
  readonly rule: { readonly id: string; readonly severity: Severity } | undefined;
  /** Its id in the store, asked for only where the kind has not been shown lately. */
  id(): string;
}

/** The line as kinds of lines are learned from: its telling line without the values that can be told by their form. */
export function maskedLine(line: Pick<LogLine, 'message'>): string {
  return maskLine(tellingLine(line.message)).slice(0, maxMasked).toWellFormed();
}

/** How many lines may be looked at: shared by the partitions that one process reads of a log type. */
export class LineAllowance {
  readonly #perSecond: number;
  #lines: number;
  #at = Number.NEGATIVE_INFINITY;

  constructor({ linesPerSecond }: Pick<Config['rates'], 'linesPerSecond'>) {
    this.#perSecond = linesPerSecond;
    this.#lines = linesPerSecond * burstSeconds;
  }

  /**
   * Takes what a batch of so many lines needs, or as much as there is.
   *
   * @param now milliseconds since the epoch
   * @returns one line in so many may be looked at
   */
  take(lines: number, now: number): number {
    const most = this.#perSecond * burstSeconds;
    if (now > this.#at) {
      this.#lines = Math.min(most, this.#lines + ((now - this.#at) / 1000) * this.#perSecond);
      this.#at = now;
    }
    const sampling = Math.max(1, Math.ceil(lines / Math.max(1, this.#lines)));
    this.#lines = Math.max(0, this.#lines - lines / sampling);
    return sampling;
  }
}

/** Counts the lines of a partition, and remembers which kinds have been shown. Thrown away with its stage's task. */
export class Counting {
  readonly #allowance: LineAllowance;
  readonly #recent = new RecentKinds();

  constructor(allowance: LineAllowance) {
    this.#allowance = allowance;
  }

  /**
   * The counts of the next batch.
   *
   * @param lines how many lines it has; where that is more than may be looked at, every n-th is taken
   * @param now milliseconds since the epoch
   */
  batch(lines: number, now: number): BatchCounts {
    return new BatchCounts(this.#allowance.take(lines, now), this.#recent, now);
  }
}

/** Counts the lines of one batch by service, kind and minute of event time. */
class BatchCounts {
  readonly #sampling: number;
  readonly #recent: RecentKinds;
  readonly #now: number;
  readonly #entries = new Map<string, Counts['entries'][number]>();
  #otherCount = 0;
  #arrivedAt = 0;

  constructor(sampling: number, recent: RecentKinds, now: number) {
    this.#sampling = sampling;
    this.#recent = recent;
    this.#now = now;
  }

  /** Whether the line at this offset is one of those that are counted. */
  takes(offset: number): boolean {
    return this.#sampling === 1 || offset % this.#sampling === 0;
  }

  add({ line, readAt, rule, id }: CountedLine): void {
    const masked = maskedLine(line);
    const { service } = line;
    const time = eventTime(line.time, line.shipped, readAt);
    const minute = time - (((time % minuteMs) + minuteMs) % minuteMs);
    const key = `${minute} ${rule?.id ?? ''} ${service.length} ${service}${masked}`;
    this.#arrivedAt = Math.max(this.#arrivedAt, readAt);
    const known = this.#entries.get(key);
    if (known !== undefined) known.count += this.#sampling;
    else if (this.#entries.size >= maxEntries) this.#otherCount += this.#sampling;
    else
      this.#entries.set(key, {
        service,
        masked,
        minute,
        count: this.#sampling,
        ...(rule !== undefined
          ? { rule: rule.id, severity: rule.severity }
          : saysError(line.message) && { severity: 'warning' as const }),
        ...(this.#recent.isNew(service, masked, this.#now) && {
          exemplar: exemplarOf(line, time, id()),
        }),
      });
  }

  /** One signal for each domain; then it is empty. */
  take({ topic, partition, firstOffset, type, domainOf }: BatchOrigin): Counts[] {
    const byDomain = Map.groupBy(this.#entries.values(), ({ service }) => domainOf(service));
    const common = {
      kind: 'counts' as const,
      type,
      arrivedAt: new Date(this.#arrivedAt).toISOString(),
      sampling: this.#sampling,
    };
    const counts = [...byDomain].map(([domain, entries], index) => ({
      ...common,
      id: `${topic}-${partition}-${firstOffset}-counts-${domain}`,
      domain,
      // Which domain they belong to was not looked at; they are told of once.
      otherCount: index === 0 ? this.#otherCount : 0,
      entries,
    }));
    this.#entries.clear();
    return counts;
  }
}

function exemplarOf(line: LogLine, time: number, id: string): Exemplar {
  return {
    id,
    timestamp: new Date(time).toISOString(),
    host: line.host,
    ...(line.file !== undefined && { file: line.file }),
    ...(line.offset !== undefined && { offset: line.offset }),
    text: line.text.slice(0, maxText).toWellFormed(),
    before: [],
  };
}
