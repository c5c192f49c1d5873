import type { AbortedTransaction, FetchedMessage } from './internals.ts';

const abortMarker = Buffer.from([0, 0, 0, 0]);

/**
 * Tells which records of a fetch belong to aborted transactions, as Kafka's own consumer does
 * (`consumeAbortedTransactionsUpTo` in CompletedFetch): a producer's records are void from the first offset of its aborted
 * transaction to its abort marker. The broker lists the transactions in the order of their aborts, and a fetch may start
 * inside several of them; so they are sorted, and all that have begun by a record's offset are taken.
 *
 * Records must be shown to `isAborted` in the order of their offsets, control records included.
 */
export class AbortedTransactions {
  readonly #waiting: { producerId: string; firstOffset: number }[];
  readonly #open = new Set<string>();
  #next = 0;

  constructor(listed: readonly AbortedTransaction[] | null) {
    this.#waiting = (listed ?? [])
      .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: Number(firstOffset) }))
      .sort((a, b) => a.firstOffset - b.firstOffset);
  }

  /** Whether no record of the fetch is aborted, so that none needs to be asked for. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  isAborted(message: FetchedMessage, offset: number): boolean {
    for (let next = this.#waiting[this.#next]; next && next.firstOffset <= offset; ) {
      this.#open.add(next.producerId);
      this.#next += 1;
      next = this.#waiting[this.#next];
    }
    const { batchContext } = message;
    if (!batchContext?.inTransaction) return false;
    if (message.isControlRecord === true) {
      if (message.key?.equals(abortMarker)) this.#open.delete(batchContext.producerId);
      return false;
    }
    return this.#open.has(batchContext.producerId);
  }
}
