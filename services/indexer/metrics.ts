import { Counter, Histogram, type Registry } from 'prom-client';

/**
 * `reduced`: stored as its main fields and its text, for the store refused the rest; `unreadable` and `rejected`: dead-lettered.
 */
export type DocumentOutcome = 'stored' | 'duplicate' | 'reduced' | 'unreadable' | 'rejected';

export interface IndexerMetrics {
  documents(stream: string, outcome: DocumentOutcome, count: number): void;
  written(stream: string, seconds: number): void;
}

/** Seconds; from a small batch to an outage. */
const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 600];

/** The indexer's metrics in `registry`. */
export function indexerMetrics(registry: Registry): IndexerMetrics {
  const registers = [registry];
  const documents = new Counter({
    name: 'logpatrol_indexer_documents_total',
    help: 'Records worked through, by what became of them.',
    labelNames: ['stream', 'outcome'] as const,
    registers,
  });
  const written = new Histogram({
    name: 'logpatrol_indexer_write_seconds',
    help: 'Time to write one batch to the store, waits included.',
    labelNames: ['stream'] as const,
    buckets,
    registers,
  });
  return {
    documents: (stream, outcome, count) => {
      if (count > 0) documents.inc({ stream, outcome }, count);
    },
    written: (stream, seconds) => written.observe({ stream }, seconds),
  };
}
