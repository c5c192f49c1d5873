import type { Metric, MetricSource, Reading, ServerStatus } from '#shared/model/index.ts';
import type { WriteOptions, WriteOutcome } from './port.ts';

/** Which readings or statuses are meant; every field that is there must hold. */
export interface MetricFilter {
  readonly source?: MetricSource;
  readonly server?: string;
  readonly host?: string;
  /** Milliseconds since the epoch; from inclusive, to exclusive. */
  readonly from?: number;
  readonly to?: number;
  /** Ends the wait: its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** The readings of one sensor within one part of time. */
export interface ReadingSlice {
  /** Where it begins, in milliseconds since the epoch. */
  readonly at: number;
  readonly count: number;
  readonly min: number | undefined;
  readonly mean: number | undefined;
  readonly max: number | undefined;
}

/**
 * What can be asked of readings. The newest of something is looked for in the two days before `to`, or now, where `from` is not given.
 * What is old is kept as summaries in the embedded store (`docs/hardware.md`).
 */
export interface MetricReader {
  /** The newest reading of each sensor, by server and sensor. */
  latestReadings(query: MetricFilter & { readonly limit: number }): Promise<Reading[]>;
  /** The readings of one sensor, oldest first: the newest ones, where there are more than `limit`. */
  readings(
    query: MetricFilter & { readonly server: string; readonly sensor: string; readonly limit: number },
  ): Promise<Reading[]>;
  /** One sensor in `slices` (1 to 1000) equal parts of the time between `from` and `to`, the earliest first. */
  readingsOverTime(
    query: MetricFilter & {
      readonly server: string;
      readonly sensor: string;
      readonly from: number;
      readonly to: number;
    },
    slices: number,
  ): Promise<ReadingSlice[]>;
  /**
   * The newest status of each server, by name. Where a machine's own operating system is heard as well as its BMC, there is one status of both:
   * the BMC's, with the use of processor and memory. With a `source` only that one's are given.
   */
  serverStatuses(query: MetricFilter & { readonly limit: number }): Promise<ServerStatus[]>;
  /** The statuses of a server, the newest first. */
  statusHistory(
    query: MetricFilter & { readonly server: string; readonly limit: number },
  ): Promise<ServerStatus[]>;
}

/** Every reading and status is kept once, by its id. */
export interface MetricStore extends MetricReader {
  saveMetrics(metrics: readonly Metric[], options: WriteOptions): Promise<WriteOutcome[]>;
}
