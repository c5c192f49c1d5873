import type { Clear, Exemplar, Hit } from '#shared/model/index.ts';
import { ClearTally } from './clears.ts';
import { maskedLine } from './counts.ts';
import { eventTime, punctuality } from './event-time.ts';
import { fingerprint } from './fingerprint.ts';
import { type BatchOrigin, excerpt, HitTally, type LineHit } from './hits.ts';
import type { LogLine } from './log-line.ts';
import type { LineMatches, RuleMatch } from './matcher.ts';
import { readTrace } from './stack-trace.ts';

/** Characters of what a trace tells, as of a rule's captures. */
const maxCapture = 256;

/** What the rules found in one batch. */
export interface BatchFindings {
  readonly signals: readonly Hit[];
  readonly clears: readonly Clear[];
  /** Lines among them read long after the time that they state, and lines from the future. */
  readonly late: number;
  readonly future: number;
}

/** What the rules say of the lines of one batch, gathered into signals. */
export class BatchTally {
  readonly #hits = new HitTally();
  readonly #clears = new ClearTally();
  readonly #times = { late: 0, timely: 0, future: 0 };

  /**
   * @param readAt when the line was read, in milliseconds since the epoch
   * @param evidence the exemplar's id and the lines before it, asked for only where they are needed
   */
  add(
    matches: LineMatches,
    line: LogLine,
    readAt: number,
    evidence: () => Pick<Exemplar, 'id' | 'before'>,
  ): void {
    const time = eventTime(line.time, line.shipped, readAt);
    this.#times[punctuality(line.time, line.shipped, readAt)] += 1;
    const exemplar = (): Exemplar => ({
      ...evidence(),
      timestamp: new Date(time).toISOString(),
      host: line.host,
      ...(line.file !== undefined && { file: line.file }),
      ...(line.offset !== undefined && { offset: line.offset }),
      text: excerpt(line.text),
    });
    const common = { service: line.service, host: line.host, time, arrivedAt: readAt, exemplar };
    const { speaker, counted, endings } = matches;
    if (speaker !== undefined) this.#hits.add({ ...common, ...hitOf(speaker, line) });
    for (const match of counted) this.#hits.add({ ...common, ...hitOf(match, line) });
    for (const ending of endings) this.#clears.add({ ...common, ...ending });
  }

  /** What has been gathered; then it is empty. */
  take(origin: BatchOrigin): BatchFindings {
    const { late, future } = this.#times;
    Object.assign(this.#times, { late: 0, timely: 0, future: 0 });
    return { signals: this.#hits.take(origin), clears: this.#clears.take(origin), late, future };
  }
}

function hitOf(
  { rule, captures }: RuleMatch,
  line: LogLine,
): Pick<LineHit, 'rule' | 'captures' | 'fingerprint' | 'description'> {
  return {
    rule,
    captures,
    fingerprint: fingerprint({
      rule,
      service: line.service,
      captures,
      message: line.message,
      hosts: line.loggedHost === undefined ? [line.host] : [line.host, line.loggedHost],
    }),
    description() {
      const shown = { ...traceCaptures(line.message), ...captures };
      return { ...(Object.keys(shown).length > 0 && { captures: shown }), masked: maskedLine(line) };
    },
  };
}

/** What a stack trace tells: a rule's own captures of these names go before it. */
function traceCaptures(message: string): Record<string, string> {
  const trace = readTrace(message);
  if (trace === undefined) return {};
  const exception = trace.message === '' ? trace.exception : `${trace.exception}: ${trace.message}`;
  return {
    ...(exception !== '' && { exception: exception.slice(0, maxCapture).toWellFormed() }),
    ...(trace.frame !== '' && { frame: trace.frame.slice(0, maxCapture).toWellFormed() }),
  };
}
