import type { BusObserver, BusRecord, OutRecord, StageDefinition } from './port.ts';

/** Where a takeover has led to. */
export interface Takeover {
  /** The offset of the next record that `poll` gives: the committed one, or the beginning where the stage starts there. */
  readonly position: number;
  /** The committed offset, 0 where there is none. */
  readonly committed: number;
}

/** How a transaction ended. `fenced`: another member owns the partition now. `failed`: nothing of it is visible. */
export type CommitOutcome =
  | { readonly kind: 'committed' }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** What an adapter does for the runner of one partition. Calls never overlap. */
export interface PartitionPort {
  /**
   * Takes the partition over: fences the old owner, gives every record of the state topics to `restore`, then finds the
   * committed offset and goes there; what was fetched before is dropped. Called at the start and after each failure.
   * Rejects with LogpatrolError `fenced` where another member is the rightful owner; anything else is tried again.
   */
  takeOver(restore: (record: BusRecord) => void, signal: AbortSignal): Promise<Takeover>;
  /** The next records, at most `maxBytes` of values but at least one; empty when none is there. Call `wake` when one comes. */
  poll(maxBytes: number): readonly BusRecord[];
  /** How many records wait beyond those that `poll` has given; Infinity while that is not known. */
  lag(): number;
  /**
   * Publishes `records` and commits `covers` (absent: no offset) in one transaction. LogpatrolError `poison` in `failed`
   * says that a record can never be written (too large), and is laid at the input's door. May fail once `signal` is aborted.
   */
  commit(
    records: readonly OutRecord[],
    covers: number | undefined,
    signal: AbortSignal,
  ): Promise<CommitOutcome>;
}

export interface PartitionRunnerOptions<Outcome> {
  readonly stage: StageDefinition<Outcome>;
  readonly partition: number;
  readonly port: PartitionPort;
  readonly observer?: BusObserver | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}
