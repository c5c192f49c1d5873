import type { Change, DependencyHealth } from '#shared/bus/port.ts';
import type { AuditEntry, Delivery, Finding, Severity } from '#shared/model/index.ts';
import type { Runbook } from '#shared/runbooks/port.ts';
import type { MetricReader, MetricStore } from './metrics-port.ts';

/**
 * Levels of objects and arrays in one log document; what nests deeper is rejected before anything recursive sees it. Elasticsearch
 * overflows its stack at some thousands (and halts), and people do not nest beyond a dozen.
 */
export const maxNesting = 100;

/** One log line to keep: its deterministic id, its type, and the ECS document as JSON text. */
export interface LogDocument {
  readonly id: string;
  readonly type: string;
  readonly json: string;
}

/** What became of one document: `duplicate` is success too (it was there already, or a newer revision is). */
export type WriteOutcome =
  | { readonly kind: 'stored' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'rejected'; readonly reason: string };

export interface WriteOptions {
  /** Ends waiting and retrying. */
  readonly signal: AbortSignal;
  /**
   * Look in the whole stream for each id first, not only in the index that is written to: for the first batches after an
   * assignment and for replays, since a line may have been stored before the last rollover.
   */
  readonly verify?: boolean;
}

export interface SaveRunbooksOptions {
  readonly signal: AbortSignal;
  /** Only say what would change. */
  readonly dryRun?: boolean;
}

/** Which lines are meant; every field that is there must hold. */
export interface LogFilter {
  /** The line with this id: one of each type at most. */
  readonly id?: string;
  readonly type?: string;
  /**
   * As `viewOf` has it: what the event names (`service.name`, `fields.service`, the container's name), else what its file's name
   * speaks of.
   */
  readonly service?: string;
  readonly host?: string;
  /** Milliseconds since the epoch; from inclusive, to exclusive. */
  readonly from?: number;
  readonly to?: number;
  /**
   * All of them must occur in the message, whatever their case; text, never a query language. Whole words, runs of words and any
   * run of Chinese characters are found everywhere; a part of a word that is not its beginning only in the embedded store.
   */
  readonly keywords?: readonly string[];
}

export interface LogQuery extends LogFilter {
  readonly limit: number;
  readonly order?: 'newest' | 'oldest';
  /** Fewer are given where they are longer than this in all, about; those that come first. A line of a megabyte is rare, not impossible. */
  readonly maxBytes?: number;
  /** Ends the wait: its reason is thrown. */
  readonly signal?: AbortSignal;
}

export interface LogScan extends LogFilter {
  /** Ends the scan: its reason is thrown. */
  readonly signal?: AbortSignal;
}

export interface StoredLog {
  readonly id: string;
  readonly type: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly host: string;
  readonly service: string;
  readonly message: string;
}

/** A stored line with all that detection needs to look at it again. */
export interface ScannedLog extends StoredLog {
  /** Where it stood, as far as the shipper said so: path of its file, and byte offset in it. */
  readonly file: string | undefined;
  readonly offset: number | undefined;
  /** The whole event as JSON. */
  readonly json: string;
}

/** How many lines a service has. */
export interface ServiceCount {
  readonly service: string;
  readonly count: number;
}

export interface FindingQuery {
  readonly service?: string;
  readonly fingerprint?: string;
  readonly rule?: string;
  readonly atLeast?: Severity;
  /** Milliseconds since the epoch: what was seen last at `from` or later, and first before `to`. The last seen come first. */
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  /** Ends the wait: its reason is thrown. */
  readonly signal?: AbortSignal;
}

export interface DeliveryQuery {
  readonly incidentId?: string;
  readonly groupId?: string;
  readonly channel?: string;
  readonly limit: number;
}

export interface AuditQuery {
  readonly incidentId?: string;
  /** Id of the person, as `Actor` has it. */
  readonly by?: string;
  readonly action?: string;
  /** Milliseconds since the epoch: from inclusive, to exclusive. */
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
}

/** What can be asked of the store. */
export interface StoreReader extends MetricReader {
  searchLogs(query: LogQuery): Promise<StoredLog[]>;
  /** How many logs match. */
  countLogs(query: LogFilter): Promise<number>;
  /**
   * How many logs match in each of `slices` (1 to 1000) equal parts of the time between `from` and `to`, the earliest first; their
   * sum is what `countLogs` says.
   */
  countLogsOverTime(
    query: LogFilter & { readonly from: number; readonly to: number },
    slices: number,
  ): Promise<number[]>;
  /**
   * Every log that matches and was visible when the scan began, once, oldest first, in pages of some megabytes at most and never
   * empty; writing may go on meanwhile. What it holds on the far side is given back however it ends. Lines that fall to
   * retention while it runs may be missing.
   *
   * @throws LogpatrolError `unreachable` where the store stops answering half-way
   */
  scanLogs(query: LogScan): AsyncIterable<readonly ScannedLog[]>;
  /** Services that have lines, those with the most first. Lines that belong to none are not in it; beyond some thousand files, files with few lines may be missing. */
  services(query: LogFilter & { readonly limit: number }): Promise<ServiceCount[]>;
  searchFindings(query: FindingQuery): Promise<Finding[]>;
  finding(id: string): Promise<Finding | undefined>;
  /** What became of messages, the newest first. A message is of the incident that its card is about, and of one group. */
  deliveries(query: DeliveryQuery): Promise<Delivery[]>;
  /** Who did what, the newest first. */
  audit(query: AuditQuery): Promise<AuditEntry[]>;
  health(): Promise<DependencyHealth>;
  close(): Promise<void>;
}

/**
 * Where everything is kept and looked up. It speaks the domain, never a query language. Writes answer item by item and in the
 * order given; a far side that is down or overloaded is waited for (back-off with jitter) until the signal says stop, so a
 * slow store pauses its caller and loses nothing.
 */
export interface Store extends StoreReader, MetricStore {
  saveLogs(documents: readonly LogDocument[], options: WriteOptions): Promise<WriteOutcome[]>;
  /** A finding replaces its earlier revisions, never a later one. */
  saveFindings(findings: readonly Finding[], options: WriteOptions): Promise<WriteOutcome[]>;
  /** Every outcome of every attempt is kept; the same one written twice is kept once. */
  saveDeliveries(deliveries: readonly Delivery[], options: WriteOptions): Promise<WriteOutcome[]>;
  /** Every entry is kept once, by its id. */
  saveAudit(entries: readonly AuditEntry[], options: WriteOptions): Promise<WriteOutcome[]>;
  /**
   * Makes these the runbooks that people can look up, and no others; says what changed, or on a dry run would. A section is one
   * document of its own.
   */
  saveRunbooks(runbooks: readonly Runbook[], options: SaveRunbooksOptions): Promise<Change>;
  /** Makes what is missing visible to searches: for tests and for tools that read what they just wrote. */
  refresh(): Promise<void>;
  setup(options?: { dryRun?: boolean }): Promise<Change[]>;
}
