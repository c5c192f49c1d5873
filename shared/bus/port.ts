import type { LogpatrolError } from '#shared/errors/index.ts';

/** One record as it was read. Offsets are exact below 2^53. */
export interface BusRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  /** `null` is a tombstone. */
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  /** When it was written, in milliseconds since the epoch. */
  readonly timestamp: number;
}

/** One record to write. */
export interface OutRecord {
  readonly topic: string;
  readonly key: string | null;
  /** `null` is a tombstone: it ends the key on a compacted topic. */
  readonly value: string | Buffer | null;
  /** The partition; without it the key's hash decides. Records on the narrow topics always name it (their domain's). */
  readonly partition?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a stage is given. `caughtUp`: nothing newer was waiting on the partition when this was made. */
export type StageInput<Outcome> =
  | { readonly kind: 'batch'; readonly records: readonly BusRecord[]; readonly caughtUp: boolean }
  | { readonly kind: 'tick'; readonly caughtUp: boolean }
  | { readonly kind: 'effect'; readonly outcome: Outcome };

/** A side effect: I/O that starts once the result that carries it is committed. It reports failure as a value and never rejects. */
export type Effect<Outcome> = (signal: AbortSignal) => Promise<Outcome>;

/** What a stage answers. The bus publishes `records` and commits `covers` in one transaction, or neither. */
export interface StageResult<Outcome> {
  readonly records: readonly OutRecord[];
  /**
   * The input offset from which a successor must go on: everything below it is in `records` of this or an earlier result.
   * Absent: the committed offset stays (the stage holds state that it has not given out yet).
   */
  readonly covers?: number;
  /** Started after the transaction, each outcome given back as an `effect` input. Aborted when the partition is lost. */
  readonly effects?: readonly Effect<Outcome>[];
  /** True: no further batch until a later result says false. Ticks and effects go on. Absent: as it was. */
  readonly paused?: boolean;
}

/**
 * What surrounds a call: the clock's reading in milliseconds, and a signal for when the partition is lost or the process stops.
 * At a stop, the call and the effects in flight have some seconds more, and what they lead to is still committed and given
 * back; effects asked for then are not started.
 */
export interface StageContext {
  readonly now: number;
  readonly signal: AbortSignal;
}

/**
 * A stage's life on one partition. Calls never overlap; a promise holds up only this partition (heartbeats go on). It never
 * publishes and never commits. After a failed transaction it is thrown away and a new one made and restored.
 */
export interface StageTask<Outcome = never> {
  /** Takes in one record of a state topic (tombstones included), in order, before anything else. */
  restore?(record: BusRecord): void;
  handle(
    input: StageInput<Outcome>,
    context: StageContext,
  ): StageResult<Outcome> | Promise<StageResult<Outcome>>;
}

/** A stage: one input topic, and what turns it into records. One active member a partition; other members stand by. */
export interface StageDefinition<Outcome = never> {
  /** The consumer group, one a stage and input. Part of the transactional id. */
  readonly group: string;
  readonly input: string;
  /** Where a new owner starts: at the committed offset (0 where there is none), or always at the beginning (a compacted input). */
  readonly start: 'committed' | 'beginning';
  /**
   * Compacted topics whose same-numbered partition is read whole into `restore` at each takeover. The first is the stage's
   * own, where the takeover marker goes; markers are never shown to a stage.
   */
  readonly state: readonly string[];
  /** Upper bound of the values of one batch in bytes; at least one record is always given. Default 1 MiB. */
  readonly maxBatchBytes?: number;
  task(partition: number): StageTask<Outcome>;
}

/** A running member of a stage's group. */
export interface Member {
  /** Partitions that this member has taken over and works on. */
  active(): readonly number[];
  /** Settles when the member has ended: rejects with what ended it where that was not `stop`. */
  readonly ended: Promise<void>;
  /** Stops fetching, finishes or abandons what is in flight, leaves the group. */
  stop(): Promise<void>;
}

/** Writes records atomically and durably. A second writer of the same id fences the first. */
export interface Writer {
  /** All or nothing. Waits while the bus is full. @throws LogpatrolError `fenced`, `unreachable`, `no-space` or `poison` (too large). */
  write(records: readonly OutRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** A topic as it must be. */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact' | 'compact,delete';
  readonly retentionMs?: number;
  /** Per partition. */
  readonly retentionBytes?: number;
  /** The largest record: its key and value; what surrounds them is the adapter's concern. */
  readonly maxRecordBytes: number;
}

/** One thing that set-up does or would do. */
export interface Change {
  readonly what: string;
  readonly action: 'create' | 'update' | 'none';
  readonly detail?: string;
  /** Of an update: what is other than it should be, by its path. */
  readonly differences?: readonly Difference[];
}

/** One value that set-up changes; `undefined`: there is none, or will be none. */
export interface Difference {
  /** Of the value, its parts joined by dots. */
  readonly path: string;
  readonly is: unknown;
  readonly becomes: unknown;
}

/** The state of a dependency, for `/readyz` and `logpatrol doctor`. */
export interface DependencyHealth {
  readonly name: string;
  readonly ok: boolean;
  readonly version?: string;
  readonly detail: string;
  /** What to do where it is not ok. */
  readonly remedy?: string;
}

/** Told of what happens on the bus, for logs and metrics. Must not throw. */
export interface BusObserver {
  batch?(event: {
    group: string;
    topic: string;
    partition: number;
    records: number;
    bytes: number;
    lag: number;
    durationMs: number;
  }): void;
  transaction?(event: {
    group: string;
    partition: number;
    records: number;
    durationMs: number;
    failed: boolean;
  }): void;
  takeover?(event: { group: string; partition: number; durationMs: number; stateRecords: number }): void;
  deadLetter?(event: { group: string; topic: string; reason: string }): void;
  trouble?(event: { group: string; error: LogpatrolError | Error }): void;
}

/**
 * The bus. Topics and groups are named without the installation's prefix; the adapter adds it. Automatic topic creation is off.
 *
 * A stage whose `handle` throws on a batch is thrown away, restored, and given that batch again one record at a time; a record
 * on which it throws again goes to `dlq.<input>` with the headers of `deadLetter` and is covered, so the others go on. A
 * LogpatrolError whose `action` is `retry` (the far side does not answer) brings the same input again after a pause instead,
 * and one whose `action` is `stop` ends the member.
 */
export interface Bus {
  /** Joins the group and starts working. Resolves when the member has joined, which is not yet when it owns a partition. */
  run<Outcome>(stage: StageDefinition<Outcome>): Promise<Member>;
  writer(id: string): Promise<Writer>;
  /** Reads committed records from the beginning (or `from`) to the end as it is at the call, in offset order within a partition, then ends. */
  read(
    topic: string,
    options?: { partition?: number; from?: ReadonlyMap<number, number> },
  ): AsyncIterable<BusRecord>;
  /** Committed offsets of a group on a topic, by partition; absent where nothing was committed. */
  committed(group: string, topic: string): Promise<ReadonlyMap<number, number>>;
  /** Where each partition of a topic ends: the offset of the record that will be written next. On Kafka markers of transactions have offsets too. */
  ends(topic: string): Promise<ReadonlyMap<number, number>>;
  /** How many members each of these groups has at the moment; 0 where there is no such group. Of the embedded bus those in this process. */
  members(groups: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Creates what is missing and mends what may be mended without loss. Safe to repeat. */
  setup(topics: readonly TopicSpec[], options?: { dryRun?: boolean }): Promise<Change[]>;
  /** One line for each topic that is missing or is not as specified. */
  verify(topics: readonly TopicSpec[]): Promise<string[]>;
  health(): Promise<DependencyHealth>;
  close(): Promise<void>;
}
