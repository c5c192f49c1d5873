import type {
  BusRecord,
  Effect,
  OutRecord,
  StageContext,
  StageInput,
  StageResult,
  StageTask,
} from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import { SelPosition } from '#shared/model/index.ts';
import type { Inspect, Inspection } from '../inspect.ts';
import type { Bmc } from '../inspection.ts';
import type { Limits } from '../sensors/index.ts';
import type { PollObserver } from './observer.ts';
import { recordsOf, serverOf, sourceOf } from './records.ts';
import { type DuePoll, type PollEnd, Schedule } from './schedule.ts';
import type { PollsUnderWay } from './under-way.ts';

export interface PollOptions {
  /** The list as it is now: the same array as long as nothing has changed. */
  readonly servers: () => readonly Bmc[];
  readonly inspect: Inspect;
  readonly limits: Limits;
  readonly underWay: PollsUnderWay;
  readonly concurrency: number;
  readonly backoffMaxMs: number;
  /** Milliseconds since the epoch, by a clock that never jumps and may be a little off. */
  readonly monotonic: () => number;
  /** From 0 (inclusive) to 1. */
  readonly random: () => number;
  readonly observer: PollObserver;
}

/** What came of a poll; nothing, where it was ended before it could tell. */
export interface PollOutcome {
  readonly server: string;
  readonly inspection: Inspection | undefined;
}

/** The position of a server that is not on the list is kept so long since its last event, in case it comes back. */
const keepPositionMs = 365 * 24 * 60 * 60 * 1000;
const lookForOldMs = 60 * 60 * 1000;

/**
 * Polls BMCs: each tick and each end of a poll starts those that are due, as effects; what one has found becomes records in one
 * transaction with the position of its SEL. So each event is published exactly once, whatever ends in between: a poll whose
 * records were not committed is repeated from the same position.
 */
export class PollTask implements StageTask<PollOutcome> {
  readonly #options: PollOptions;
  readonly #schedule: Schedule;
  readonly #positions = new Map<string, SelPosition>();
  #servers: readonly Bmc[] | undefined;
  #names: ReadonlySet<string> = new Set();
  #covers: number | undefined;
  #oldAt = 0;

  constructor(options: PollOptions) {
    this.#options = options;
    this.#schedule = new Schedule(options);
  }

  restore(record: BusRecord): void {
    const server = serverOf(record.key?.toString('utf8') ?? '');
    if (server === undefined) return;
    if (record.value === null) {
      this.#positions.delete(server);
      return;
    }
    const read = readValue(SelPosition, record.value);
    if (read.ok) this.#positions.set(server, read.value);
    else {
      this.#positions.delete(server);
      this.#options.observer.unreadable(server, read.reason);
    }
  }

  handle(input: StageInput<PollOutcome>, { now, signal }: StageContext): StageResult<PollOutcome> {
    const records: OutRecord[] = [];
    switch (input.kind) {
      case 'batch':
        // Its own positions come back, and those of tail: they are noted as read with the next result, and that is all.
        this.#covers = (input.records.at(-1)?.offset ?? -1) + 1;
        return { records };
      case 'tick':
        this.#heedList();
        records.push(...this.#forgetOld(now));
        this.#measure();
        break;
      case 'effect':
        records.push(...this.#take(input.outcome));
        break;
    }
    const due = signal.aborted ? [] : this.#schedule.start(this.#options.monotonic());
    return {
      records,
      effects: due.map((poll) => this.#effect(poll)),
      ...(records.length > 0 && this.#covers !== undefined && { covers: this.#covers }),
    };
  }

  #heedList(): void {
    const { servers, monotonic, underWay, observer } = this.#options;
    const list = servers();
    if (list === this.#servers) return;
    this.#servers = list;
    for (const name of this.#schedule.update(list, monotonic())) underWay.end(name);
    this.#names = new Set(list.map(({ name }) => name));
    observer.listed(this.#names);
  }

  #take({ server, inspection }: PollOutcome): OutRecord[] {
    const { limits, observer, monotonic } = this.#options;
    const failures = this.#schedule.end(server, endOf(inspection), monotonic());
    if (inspection === undefined) return [];
    observer.ended(inspection, failures);
    if (inspection.position !== undefined) this.#positions.set(server, inspection.position);
    return recordsOf(inspection, failures, limits);
  }

  #effect({ bmc, timeoutMs, lateMs }: DuePoll): Effect<PollOutcome> {
    const { inspect, underWay, observer } = this.#options;
    const { name: server } = bmc;
    const position = this.#positions.get(server);
    observer.started({ server, lateMs });
    return async (lost) => {
      const inspection = await underWay.run(server, lost, async (signal) => {
        const found = await inspect({ bmc, position, timeoutMs, signal });
        return signal.aborted ? undefined : found;
      });
      return { server, inspection };
    };
  }

  #forgetOld(now: number): OutRecord[] {
    if (now < this.#oldAt) return [];
    this.#oldAt = now + lookForOldMs;
    const old = [...this.#positions].filter(
      ([server, { updatedAt }]) => !this.#names.has(server) && Date.parse(updatedAt) < now - keepPositionMs,
    );
    for (const [server] of old) this.#positions.delete(server);
    return old.map(([server]) => ({ topic: topic.positions, key: sourceOf(server), value: null }));
  }

  #measure(): void {
    const overdueMs = this.#schedule.overdueMs(this.#options.monotonic());
    this.#options.observer.measured({ running: this.#schedule.running, overdueMs });
  }
}

function endOf(inspection: Inspection | undefined): PollEnd {
  switch (inspection?.result.outcome) {
    case undefined:
      return 'void';
    case 'ok':
      return 'answered';
    case 'unable':
      return 'unable';
    case 'unreachable':
    case 'refused':
    case 'invalid':
      return 'failed';
  }
}
