import type { DatabaseSync } from 'node:sqlite';
import type { Metric } from '#shared/model/index.ts';
import type { WriteOutcome } from '../../port.ts';
import { ReadingsWriter } from './readings-writer.ts';
import { saveStatuses } from './status-writer.ts';

/** Puts readings and statuses into the tables. */
export class MetricWriter {
  readonly #database: DatabaseSync;
  readonly #readings: ReadingsWriter;
  #isCommitted = true;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#readings = new ReadingsWriter(database);
  }

  /** One outcome each, in order; inside a transaction, after which `committed` is called where it held. */
  save(metrics: readonly Metric[]): WriteOutcome[] {
    // What it knows of the tables may have been rolled back.
    if (!this.#isCommitted) this.#readings.forget();
    this.#isCommitted = false;
    const readings = this.#readings.save(metrics.filter((metric) => metric.kind === 'reading')).values();
    const statuses = saveStatuses(
      this.#database,
      metrics.filter((metric) => metric.kind === 'status'),
    ).values();
    return metrics.map(({ kind }) => {
      const outcome = (kind === 'reading' ? readings : statuses).next().value;
      if (outcome === undefined) throw new Error('a record without an outcome');
      return outcome;
    });
  }

  committed(): void {
    this.#isCommitted = true;
  }

  /** For when rows were dropped. */
  forget(): void {
    this.#readings.forget();
  }
}
