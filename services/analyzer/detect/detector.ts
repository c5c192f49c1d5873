import type { BusRecord } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { type Clear, type Counts, drillService, type Hit, type LogEvent } from '#shared/model/index.ts';
import { logId } from '#shared/text/log-id.ts';
import { BatchTally } from './batch-tally.ts';
import { linesBefore } from './before.ts';
import type { Counting } from './counts.ts';
import { createLocalClock } from './local-clock.ts';
import { eventLine, type LogLine, parseEvent, parseObject, plainLine } from './log-line.ts';
import { createMatcher, type LineMatches } from './matcher.ts';
import type { RuleSet } from './rules/index.ts';
import { selEventIn } from './sel-event.ts';
import { sift } from './sift.ts';

export interface DetectorOptions {
  readonly rules: RuleSet;
  /** The log type whose topic is read. */
  readonly type: string;
  /** Packs that look at it; absent: all of them. */
  readonly packs?: readonly string[] | undefined;
  readonly domains: Config['domains'];
  /** IANA name of the zone of times that name none; absent: that of this process. */
  readonly timeZone?: string | undefined;
  /** True: events of BMCs are left to the stage hardware, but for rules that count lines. */
  readonly leavesBmcEvents?: boolean;
}

/** What became of a batch. */
export interface Detection {
  readonly signals: readonly Hit[];
  /** Lines that end what rules began. */
  readonly clears: readonly Clear[];
  /** How many lines of which kinds there were, where they were counted. */
  readonly counts: readonly Counts[];
  /** Records that had a value, and of them those that had to be decoded. */
  readonly lines: number;
  readonly decoded: number;
  /** Of the lines that rules matched: those read long after the time that they state, and those from the future. */
  readonly late: number;
  readonly future: number;
  /** Events of BMCs among those that were decoded, which are judged elsewhere. */
  readonly passedOver: number;
}

export interface Detector {
  /** Ids of rules that make it decode every line, for they have nothing that the gate can look for. */
  readonly ungated: readonly string[];
  /**
   * The signals of one batch of one partition.
   *
   * @param now milliseconds since the epoch
   * @param counting counts the lines of this partition by kind; absent: they are not counted
   */
  detect(records: readonly BusRecord[], now: number, counting?: Counting): Detection;
}

/** Everything that is known of one record that a rule may match. */
interface Decoded {
  readonly event: LogEvent;
  readonly line: LogLine;
}

const nothing: Detection = {
  signals: [],
  clears: [],
  counts: [],
  lines: 0,
  decoded: 0,
  late: 0,
  future: 0,
  passedOver: 0,
};

/** Detection over records as shippers write them. Pure, and without memory of earlier batches. */
export function createDetector(options: DetectorOptions): Detector {
  const { type, leavesBmcEvents = false } = options;
  const matcher = createMatcher(options.rules, type, options.packs);
  const clock = createLocalClock(options.timeZone);
  const domainOf = (service: string) => domainFor(options.domains, type, service).name;

  function decode(value: Buffer, readAt: number): Decoded {
    const event = parseEvent(value);
    if (event !== undefined) return { event, line: eventLine(event, type, readAt, clock) };
    const text = value.toString('utf8');
    return { event: { message: text }, line: plainLine(text, { host: 'unknown', type, clock }, readAt) };
  }

  return {
    ungated: matcher.ungated,
    detect(records, now, counting) {
      const tally = new BatchTally();
      const counts = counting?.batch(records.length, now);
      const before = linesBefore(records);
      const passed = matcher.gated ? sift(matcher.gate, records) : undefined;
      let lines = 0;
      let decodedCount = 0;
      let passedOver = 0;
      for (const [index, record] of records.entries()) {
        const { value } = record;
        if (value === null) continue;
        lines += 1;
        const isGated = passed?.[index] === 0;
        const isCounted = counts?.takes(record.offset) ?? false;
        if (isGated && !isCounted) continue;
        const readAt = readingTime(record.timestamp, now);
        let decoded = isCounted ? decode(value, readAt) : undefined;
        let found = isGated
          ? undefined
          : matcher.match(value, 0, value.length, () => {
              decoded ??= decode(value, readAt);
              return decoded.line;
            });
        if (decoded === undefined) continue;
        decodedCount += 1;
        const { event, line } = decoded;
        const isOfBmc = leavesBmcEvents && selEventIn(event, type) !== undefined;
        if (isOfBmc) {
          passedOver += 1;
          found = found && countedOnly(found);
        }
        // Of the event as it was shipped, odd fields and all, as the indexer makes it; parsed anew, for exemplars are few.
        const id = () => logId(parseObject(value) ?? event, record);
        if (found !== undefined)
          tally.add(found, line, readAt, () => ({ id: id(), before: before(index, line) }));
        if (isCounted && !isOfBmc && line.service !== drillService)
          counts?.add({ line, readAt, rule: (found?.speaker ?? found?.counted[0])?.rule, id });
      }
      const first = records[0];
      if (first === undefined) return nothing;
      const { topic, partition, offset: firstOffset } = first;
      const origin = { topic, partition, firstOffset, type, domainOf };
      return {
        ...tally.take(origin),
        counts: counts?.take(origin) ?? [],
        ...{ lines, decoded: decodedCount, passedOver },
      };
    },
  };
}

/** What rules with thresholds say: nobody else counts. */
function countedOnly({ counted, endings }: LineMatches): LineMatches {
  return {
    speaker: undefined,
    counted,
    endings: endings.filter(({ rule }) => rule.threshold !== undefined),
  };
}

/** The first domain that takes the type and the service. */
export function domainFor(
  domains: Config['domains'],
  type: string,
  service: string,
): Config['domains'][number] {
  const found = domains.find(
    (domain) => (domain.types?.includes(type) ?? true) && (domain.services?.includes(service) ?? true),
  );
  if (found === undefined) throw new RangeError('the configuration has a domain that takes everything');
  return found;
}

/** When a record was written, which its producer says: never in the future, and not before the epoch. */
function readingTime(timestamp: number, now: number): number {
  return timestamp >= 0 && timestamp <= now ? timestamp : now;
}
