import { deadLetter } from './dead-letter.ts';
import type { CommitOutcome, PartitionRunnerOptions } from './partition-port.ts';
import type { OutRecord, StageResult } from './port.ts';
import type { Condemned, Quarantine } from './quarantine.ts';
import type { TaskLife } from './task-life.ts';

/** The transactions of a stage on one partition: what it answers, and the dead letters of what it could not handle. */
export class StageCommits<Outcome> {
  readonly #options: PartitionRunnerOptions<Outcome>;
  readonly #quarantine: Quarantine;
  readonly #signal: AbortSignal;

  /** @param signal aborted when it is no use to wait for a transaction any longer */
  constructor(options: PartitionRunnerOptions<Outcome>, quarantine: Quarantine, signal: AbortSignal) {
    this.#options = options;
    this.#quarantine = quarantine;
    this.#signal = signal;
  }

  /** Commits the result, with the dead letters that are due, unless there is nothing to commit. */
  publish(life: TaskLife<Outcome>, result: StageResult<Outcome>): Promise<CommitOutcome> {
    const covers = Math.max(result.covers ?? 0, life.committed);
    const due = covers > life.committed ? this.#quarantine.due(covers) : { letters: [], covers };
    return this.#commit(life, result.records, due.covers, due.letters);
  }

  async #commit(
    life: TaskLife<Outcome>,
    records: readonly OutRecord[],
    covers: number,
    condemned: readonly Condemned[],
  ): Promise<CommitOutcome> {
    const { stage, partition, port, observer, clock } = this.#options;
    const letters = condemned.map(({ record, reason }) => deadLetter(record, stage.group, reason, clock()));
    const all = letters.length === 0 ? records : [...records, ...letters];
    const advanced = covers > life.committed ? covers : undefined;
    if (all.length === 0 && advanced === undefined) return { kind: 'committed' };
    const started = performance.now();
    const outcome = await port
      .commit(all, advanced, this.#signal)
      .catch((error: unknown): CommitOutcome => ({ kind: 'failed', error }));
    const durationMs = performance.now() - started;
    const failed = outcome.kind !== 'committed';
    observer?.transaction?.({ group: stage.group, partition, records: all.length, durationMs, failed });
    if (failed) return outcome;
    life.committed = covers;
    this.#quarantine.settle(condemned);
    for (const { reason } of condemned) {
      observer?.deadLetter?.({ group: stage.group, topic: stage.input, reason });
    }
    return outcome;
  }

  /** The record goes to its dead-letter topic: at once, where nothing before it is held back, or with what covers that. */
  async condemn(life: TaskLife<Outcome>, condemned: Condemned): Promise<CommitOutcome> {
    const { offset } = condemned.record;
    const isReadAgain = this.#options.stage.start === 'beginning';
    if (!isReadAgain && !life.isCovered) {
      this.#quarantine.hold(condemned);
      return { kind: 'committed' };
    }
    // Below the committed offset an earlier owner met it on its way from the beginning.
    const isWritten = offset < life.committed;
    const outcome: CommitOutcome = isWritten
      ? { kind: 'committed' }
      : await this.#commit(life, [], offset + 1, [condemned]);
    if (outcome.kind === 'committed' && isReadAgain) this.#quarantine.skip(offset);
    return outcome;
  }
}
