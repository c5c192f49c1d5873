import { auditRecord } from '#shared/audit/index.ts';
import type {
  BusRecord,
  OutRecord,
  StageContext,
  StageInput,
  StageResult,
  StageTask,
} from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { messageOf } from '#shared/errors/index.ts';
import { isDue, type Job, type JobResult, JobState } from '#shared/housekeeping/index.ts';
import { ownMessage } from '#shared/operator/own-message.ts';

/** A run that ended, or was cut short because the process stops. */
export type Ended = { readonly job: Job; readonly result: JobResult | undefined };

/** Told of each run, for logs and metrics. */
export interface HousekeepingObserver {
  started(job: string): void;
  /** It does nothing more in this process, whatever came of it. */
  stopped(job: string): void;
  /** It came to an end, which is committed next. */
  ended(job: string, result: JobResult, tookMs: number): void;
  /** What is known of a job from earlier runs, wherever they were. */
  known(state: JobState): void;
  unreadable(job: string, why: string): void;
}

export interface HousekeepingOptions {
  readonly jobs: readonly Job[];
  /** The operator's channel, and the language that it is told in. */
  readonly operator: string | undefined;
  readonly language: Config['language'];
  readonly observer: HousekeepingObserver;
}

/** Trouble that goes on is told again after so long. */
const tellAgainMs = 60 * 60_000;
/** Bytes of the lines kept of a run, about; they are made of names of indices and answers of servers. */
const mostLines = 50;
const longestLine = 1000;

/**
 * Begins each job when it is due. That it began is committed before it begins, so a job that brings its process down is not
 * begun for ever; what came of it is committed with the audit entry and the word to the operator.
 */
export class HousekeepingTask implements StageTask<Ended> {
  readonly #options: HousekeepingOptions;
  readonly #states = new Map<string, JobState>();
  readonly #running = new Set<string>();

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  restore({ key, value }: { readonly key: Buffer | null; readonly value: Buffer | null }): void {
    if (key === null) return;
    const name = key.toString('utf8');
    if (value === null) {
      this.#states.delete(name);
      return;
    }
    const read = readValue(JobState, value);
    if (read.ok) {
      this.#states.set(name, read.value);
      this.#options.observer.known(read.value);
    } else this.#options.observer.unreadable(name, read.reason);
  }

  handle(input: StageInput<Ended>, { now }: StageContext): StageResult<Ended> {
    switch (input.kind) {
      case 'batch': {
        for (const record of input.records) this.#hear(record);
        const last = input.records.at(-1);
        return { records: [], ...(last !== undefined && { covers: last.offset + 1 }) };
      }
      case 'tick':
        return this.#begin(now);
      case 'effect':
        return { records: this.#end(input.outcome, now) };
    }
  }

  /** Its own records come back to it, and are known; that somebody has done a job by hand is news. */
  #hear({ value }: BusRecord): void {
    const read = readValue(JobState, value);
    if (!read.ok || this.#running.has(read.value.job)) return;
    const known = this.#states.get(read.value.job);
    if ((read.value.endedAt ?? 0) <= (known?.endedAt ?? 0)) return;
    this.#states.set(read.value.job, {
      ...read.value,
      ...(known?.toldAt !== undefined && { toldAt: known.toldAt }),
    });
    this.#options.observer.known(read.value);
  }

  #begin(now: number): StageResult<Ended> {
    const records: OutRecord[] = [];
    const effects: ((signal: AbortSignal) => Promise<Ended>)[] = [];
    for (const job of this.#options.jobs) {
      if (this.#running.has(job.name)) continue;
      const state = this.#states.get(job.name);
      if (state === undefined)
        records.push(this.#keep({ job: job.name, since: now, attempts: 0, lines: [] }));
      else if (isDue(job.schedule, state, now)) {
        const isAnotherAttempt = state.startedAt !== undefined && (state.endedAt ?? 0) < state.startedAt;
        records.push(
          this.#keep({ ...state, startedAt: now, attempts: isAnotherAttempt ? state.attempts + 1 : 1 }),
        );
        this.#running.add(job.name);
        effects.push(async (signal) => {
          this.#options.observer.started(job.name);
          const result = await outcomeOf(job, signal);
          this.#options.observer.stopped(job.name);
          return { job, result: signal.aborted ? undefined : result };
        });
      }
    }
    return { records, effects };
  }

  #end({ job, result }: Ended, now: number): OutRecord[] {
    this.#running.delete(job.name);
    const state = this.#states.get(job.name);
    if (result === undefined || state === undefined) return [];
    const startedAt = state.startedAt ?? now;
    this.#options.observer.ended(job.name, result, now - startedAt);
    const lines = result.lines.slice(0, mostLines).map((line) => line.slice(0, longestLine));
    const ended: JobState = { ...state, endedAt: now, ok: result.ok, lines };
    const { record, toldAt } = this.#word(job, ended, now);
    const { toldAt: _before, ...rest } = ended;
    const kept = this.#keep({
      ...rest,
      ...(result.ok && { lastOkAt: now }),
      ...(toldAt !== undefined && { toldAt }),
    });
    return [kept, ...(job.isAudited ? [auditOf(job, ended, startedAt, now)] : []), ...record];
  }

  /** What the operator is told: trouble, once an hour at most, and that it is over. */
  #word(
    job: Job,
    { ok, lines, startedAt, toldAt }: JobState,
    now: number,
  ): { record: OutRecord[]; toldAt: number | undefined } {
    const { operator, language } = this.#options;
    if (operator === undefined) return { record: [], toldAt: undefined };
    if (ok === true && toldAt === undefined) return { record: [], toldAt: undefined };
    if (ok !== true && toldAt !== undefined && now - toldAt < tellAgainMs) return { record: [], toldAt };
    const told = ok === true ? (toldAt ?? now) : now;
    const message = ownMessage({
      id: `logpatrol-housekeeping-${job.name}-${told.toString(36)}`,
      channel: operator,
      rule: `housekeeping-${job.name}`,
      severity: 'warning',
      title: job.trouble[language],
      line: `${job.name}: ${lines.join('; ').slice(0, longestLine)}`,
      reason: ok === true ? 'resolved' : 'opened',
      revision: ok === true ? 2 : 1,
      since: ok === true ? told : (startedAt ?? now),
      now,
    });
    const record = {
      topic: topic.outbox(operator),
      partition: 0,
      key: message.groupId,
      value: JSON.stringify(message),
    };
    return { record: [record], toldAt: ok === true ? undefined : now };
  }

  #keep(state: JobState): OutRecord {
    this.#states.set(state.job, state);
    return { topic: topic.housekeeping, partition: 0, key: state.job, value: JSON.stringify(state) };
  }
}

async function outcomeOf(job: Job, signal: AbortSignal): Promise<JobResult> {
  try {
    return await job.run(signal);
  } catch (error) {
    return { ok: false, lines: [messageOf(error)] };
  }
}

function auditOf(job: Job, { ok, lines }: JobState, startedAt: number, now: number): OutRecord {
  const text = lines.join('; ').slice(0, longestLine);
  return auditRecord({
    // The same for the same run, so that one that is committed twice is one entry.
    id: `housekeeping-${job.name}-${startedAt}`,
    at: new Date(now).toISOString(),
    by: { id: 'housekeeping', name: 'housekeeping' },
    via: 'schedule',
    action: `housekeeping.${job.name}`,
    outcome: ok === true ? 'done' : 'failed',
    ...(ok === true ? { note: text } : { why: text }),
  });
}
