import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import {
  compareSeverity,
  type Finding,
  type FoundRunbook,
  type Hit,
  type Incident,
} from '#shared/model/index.ts';
import { logId } from '#shared/text/log-id.ts';
import { createLineJoiner } from '#shared/text/multiline.ts';
import { type Correlator, finishedLogsCorrelator, type KnownGood } from '../correlate/index.ts';
import { BatchTally } from '../detect/batch-tally.ts';
import { maxLinesBefore } from '../detect/before.ts';
import { domainFor } from '../detect/detector.ts';
import { contextExcerpt } from '../detect/hits.ts';
import { createLocalClock } from '../detect/local-clock.ts';
import { plainLine } from '../detect/log-line.ts';
import { createMatcher } from '../detect/matcher.ts';
import type { RuleSet } from '../detect/rules/index.ts';
import { inTimeOrder } from '../detect/time-order.ts';
import type { CountedFileLine } from '../rates/index.ts';
import { findingOf } from '../reason/index.ts';
import { countedFileLine } from './counted-file-line.ts';
import { type CutEvent, EventCutter } from './event-cutter.ts';
import { inputSizes, readInput, standardInput } from './inputs.ts';
import { withNeighbours } from './known-good-neighbours.ts';
import { SetAside } from './set-aside.ts';

export interface ScanOptions {
  /** Paths of files, plain or gzip, and `-` for standard input. */
  readonly inputs: readonly string[];
  readonly stdin: Readable;
  readonly config: Config;
  readonly rules: RuleSet;
  /** The log type of every line. */
  readonly type: string;
  /** The service of every line; without it the syslog program or the file's name tells it. */
  readonly service?: string | undefined;
  /** The host of every line. */
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly onProgress?: ((progress: ScanProgress) => void) | undefined;
  /** Sees every line, and says at the end what else is wrong; then no line is passed over unread. */
  readonly watch?: LineWatch | undefined;
  /** Whether known-good logs have as much of an incident: then it counts for less. */
  readonly isKnownGood?: KnownGood | undefined;
  /** Sections of runbooks that fit an incident; `rank` is 0 for the finding that comes first. Without it findings name none. */
  readonly runbooksOf?: ((incident: Incident, rank: number) => readonly FoundRunbook[]) | undefined;
}

/** Looks at every line of a scan. */
export interface LineWatch {
  add(line: CountedFileLine): void;
  hits?(now: number): readonly Hit[];
}

/** How far a scan is. */
export interface ScanProgress {
  /** Bytes read so far, as they stand on disk, and all there are; `undefined` where that cannot be known. */
  readonly bytes: number;
  readonly totalBytes: number | undefined;
  readonly findings: number;
}

/** As `services/tail` has it, so that the same lines are joined. */
const maxEventLines = 2000;

/**
 * Analyses finished logs with the functions of the service: one finding for each incident, the most severe first. Nothing is
 * old in a scan, for whoever scans a log wants to know what is in it.
 *
 * @throws LogpatrolError `unreadable-input`
 */
export async function scanFiles(options: ScanOptions): Promise<Finding[]> {
  const { inputs, config, now, type } = options;
  const sizes = await inputSizes(inputs);
  const total = sizes.reduce<number | undefined>(
    (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
  const matcher = createMatcher(options.rules, type, config.routes[type]?.packs);
  const clock = createLocalClock(config.routes[type]?.timeZone);
  const incidents = new ScannedIncidents(config, now, options.isKnownGood);
  let bytes = 0;

  for (const [number, input] of inputs.entries()) {
    const tally = new BatchTally();
    const joiner = createLineJoiner({ maxBytes: config.tail.maxLineBytes, maxLines: maxEventLines });
    const file = input === standardInput ? undefined : resolve(input);
    const source = { host: options.host, service: options.service, file, type, clock };
    /** Event time of the line before. */
    let previous: number | undefined;
    const take = (event: CutEvent) => {
      const line = () => plainLine(textOf(event), { ...source, offset: event.offset }, now);
      let known: ReturnType<typeof line> | undefined;
      const found = matcher.match(event.bytes, event.start, event.end, () => {
        known = line();
        return known;
      });
      const id = (message: string) =>
        logId(
          {
            message,
            host: { name: options.host },
            ...(file !== undefined && { log: { offset: event.offset, file: { path: file } } }),
          },
          { topic: topic.logs(type), partition: number, offset: event.offset, value: null },
        );
      if (options.watch !== undefined) {
        const seen = known ?? line();
        const rule = (found?.speaker ?? found?.counted[0])?.rule;
        const counted = countedFileLine(seen, { type, readAt: now, previous, rule, id: () => id(seen.text) });
        previous = counted.time;
        options.watch.add(counted);
      }
      if (found === undefined || known === undefined) return;
      const { text: message } = known;
      tally.add(found, known, now, () => ({ id: id(message), before: event.before().map(contextExcerpt) }));
    };
    const cutter = new EventCutter({
      gate: matcher.gated && options.watch === undefined ? matcher.gate : undefined,
      joins: joiner.joins,
      maxLineBytes: config.tail.maxLineBytes,
      context: maxLinesBefore,
      take,
    });
    let batch = 0;
    const fold = () => {
      const found = tally.take({
        topic: topic.logs(type),
        partition: number,
        firstOffset: batch,
        type,
        domainOf: (service) => domainFor(config.domains, type, service).name,
      });
      batch += 1;
      incidents.fold(found);
      options.onProgress?.({ bytes, totalBytes: total, findings: incidents.count });
    };
    for await (const chunk of readInput(input, options.stdin, (read) => {
      bytes += read;
    })) {
      cutter.push(chunk);
      fold();
    }
    cutter.end();
    fold();
  }

  incidents.fold({ signals: [...(options.watch?.hits?.(now) ?? [])], clears: [] });
  const told = { now, language: config.language, reasoning: 'off' } as const;
  return withNeighbours(incidents.all())
    .map((incident) => ({ incident, finding: findingOf(incident, told) }))
    .sort(
      ({ finding: a }, { finding: b }) =>
        compareSeverity(b.severity, a.severity) || b.count - a.count || (a.firstSeen < b.firstSeen ? -1 : 1),
    )
    .map(({ incident, finding }, rank) => {
      const runbooks = options.runbooksOf?.(incident, rank) ?? [];
      return runbooks.length === 0 ? finding : findingOf(incident, { ...told, runbooks });
    });
}

/** The incidents of a scan, each domain with its own correlator, as in the service. */
class ScannedIncidents {
  readonly #config: Config;
  readonly #now: number;
  readonly #correlators = new Map<string, Correlator>();
  readonly #evicted = new Map<string, number>();
  /** Those that a correlator had to give up for its bound. */
  readonly #aside = new SetAside();
  readonly #isKnownGood: KnownGood | undefined;

  constructor(config: Config, now: number, isKnownGood: KnownGood | undefined) {
    this.#config = config;
    this.#now = now;
    this.#isKnownGood = isKnownGood;
  }

  get count(): number {
    let { count } = this.#aside;
    for (const correlator of this.#correlators.values()) {
      const { open, resolved } = correlator.size();
      count += open + resolved;
    }
    return count;
  }

  fold({ signals, clears }: Pick<ReturnType<BatchTally['take']>, 'signals' | 'clears'>): void {
    for (const signal of inTimeOrder(signals, clears)) {
      const correlator = this.#correlatorOf(signal.domain);
      if (signal.kind === 'hit') correlator.fold(signal, this.#now);
      else correlator.clear(signal);
    }
    for (const [domain, correlator] of this.#correlators) {
      const { evicted } = correlator.size();
      if (evicted === (this.#evicted.get(domain) ?? 0)) continue;
      this.#evicted.set(domain, evicted);
      const forgotten = new Set(correlator.takeForgotten());
      for (const incident of correlator.take(this.#now))
        if (forgotten.has(incident.id)) this.#aside.add(incident);
    }
  }

  /** All there are once everything has been read. */
  all(): Incident[] {
    for (const correlator of this.#correlators.values()) {
      correlator.decide(this.#now);
      // Once more with all their lines: whether they are known as good depends on how many they are.
      if (this.#isKnownGood !== undefined) correlator.tick(this.#now, false);
    }
    return [
      ...this.#aside.all(),
      ...[...this.#correlators.values()].flatMap((each) => each.incidents(this.#now)),
    ];
  }

  #correlatorOf(name: string): Correlator {
    const known = this.#correlators.get(name);
    if (known !== undefined) return known;
    const correlator = finishedLogsCorrelator(this.#config, name, this.#isKnownGood);
    this.#correlators.set(name, correlator);
    return correlator;
  }
}

/** The text of an event as the tail service would ship it: without a byte-order mark, and with plain line ends. */
export function textOf({ bytes, start, end, offset }: CutEvent): string {
  const text = bytes.toString('utf8', start, end).replaceAll('\r\n', '\n');
  return offset === 0 ? text.replace(/^\ufeff/, '') : text;
}
