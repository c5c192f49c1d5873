import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Change, DependencyHealth } from '#shared/bus/port.ts';
import {
  type AuditEntry,
  type Delivery,
  type Finding,
  type Metric,
  severities,
} from '#shared/model/index.ts';
import type { Runbook } from '#shared/runbooks/port.ts';
import { auditId, deliveryId } from './document-id.ts';
import { openDatabase, openForReading, transact } from './embedded/database.ts';
import { LogWriter } from './embedded/logs.ts';
import { MetricRetention } from './embedded/metrics/retention.ts';
import { MetricWriter } from './embedded/metrics/writer.ts';
import { EmbeddedReader } from './embedded/reader.ts';
import { dropOldest } from './embedded/retention.ts';
import { changesOfSections, writeSections } from './embedded/runbooks.ts';
import type {
  LogDocument,
  SaveRunbooksOptions,
  Store,
  StoreReader,
  WriteOptions,
  WriteOutcome,
} from './port.ts';
import { storedSections } from './runbook-sections.ts';
import { untilDone } from './waiting.ts';

interface Options {
  readonly dataDir: string;
  /** Of the database file; the oldest lines go first. */
  readonly maxBytes: number;
  readonly logger: Logger;
  /** How long readings of sensors are kept, in milliseconds; 90 days where it is not said. */
  readonly keepMetricsMs?: number;
  readonly clock?: () => number;
}

const defaultKeepMetricsMs = 90 * 24 * 60 * 60 * 1000;

/** Characters of one transaction, some tens of milliseconds of work; other tasks of the process get their turn in between. */
const transactionLength = 512 * 1024;
/** Readings of one transaction, some tens of milliseconds of work. */
const metricsPerTransaction = 2000;
/** Share of `maxBytes` at which the oldest lines go; the rest is room for the write-ahead log and for merges of the index. */
const fill = 0.8;

/**
 * The store in one SQLite file, `store.sqlite` in the data folder, for one process that writes. A full disk is waited for, as a server that
 * is down would be.
 *
 * @throws LogpatrolError `unusable-environment` or `no-space` where the file cannot be opened
 */
export async function openEmbeddedStore(options: Options): Promise<Store> {
  return new EmbeddedStore(openDatabase(options.dataDir), options);
}

/**
 * The same file for looking things up, beside the process that writes it or after its end.
 *
 * @throws LogpatrolError `unusable-environment` where there is none, or it cannot be read
 */
export async function openEmbeddedStoreForReading({
  dataDir,
}: Pick<Options, 'dataDir'>): Promise<StoreReader> {
  return new EmbeddedReader(openForReading(dataDir), dataDir);
}

class EmbeddedStore extends EmbeddedReader implements Store {
  readonly #database: DatabaseSync;
  readonly #options: Options;
  readonly #logs: LogWriter;
  readonly #metrics: MetricWriter;
  readonly #metricRetention: MetricRetention;
  readonly #clock: () => number;
  #trouble: string | undefined;

  constructor(database: DatabaseSync, options: Options) {
    super(database, options.dataDir);
    this.#database = database;
    this.#options = options;
    this.#logs = new LogWriter(database);
    this.#metrics = new MetricWriter(database);
    this.#metricRetention = new MetricRetention(database, options.keepMetricsMs ?? defaultKeepMetricsMs);
    this.#clock = options.clock ?? Date.now;
  }

  async saveLogs(documents: readonly LogDocument[], options: WriteOptions): Promise<WriteOutcome[]> {
    const outcomes: WriteOutcome[] = [];
    for (const part of inTransactions(documents)) {
      outcomes.push(...(await this.#write(() => part.map((document) => this.#logs.save(document)), options)));
      await nextTurn();
    }
    return outcomes;
  }

  async saveFindings(findings: readonly Finding[], options: WriteOptions): Promise<WriteOutcome[]> {
    const upsert = this.#database.prepare(
      `INSERT INTO findings (id, revision, service, severity, first_seen, last_seen, json)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, service = excluded.service,
         severity = excluded.severity, first_seen = excluded.first_seen, last_seen = excluded.last_seen,
         json = excluded.json
       WHERE excluded.revision > findings.revision`,
    );
    const save = (finding: Finding): WriteOutcome => {
      const row = upsert.run(
        finding.id,
        finding.revision,
        finding.service,
        severities.indexOf(finding.severity),
        Date.parse(finding.firstSeen),
        Date.parse(finding.lastSeen),
        JSON.stringify(finding),
      );
      return { kind: row.changes === 0 ? 'duplicate' : 'stored' };
    };
    return await this.#write(() => findings.map(save), options);
  }

  async saveDeliveries(deliveries: readonly Delivery[], options: WriteOptions): Promise<WriteOutcome[]> {
    const insert = this.#database.prepare(
      `INSERT INTO deliveries (id, incident, channel, time, attempt, json) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO NOTHING`,
    );
    const save = (delivery: Delivery): WriteOutcome => {
      const row = insert.run(
        deliveryId(delivery),
        delivery.incidentId,
        delivery.channel,
        Date.parse(delivery.at),
        delivery.attempt,
        JSON.stringify(delivery),
      );
      return { kind: row.changes === 0 ? 'duplicate' : 'stored' };
    };
    return await this.#write(() => deliveries.map(save), options);
  }

  async saveAudit(entries: readonly AuditEntry[], options: WriteOptions): Promise<WriteOutcome[]> {
    const insert = this.#database.prepare(
      `INSERT INTO audit (id, incident, person, action, time, json) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO NOTHING`,
    );
    const save = (entry: AuditEntry): WriteOutcome => {
      const row = insert.run(
        auditId(entry),
        entry.incidentId ?? null,
        entry.by.id,
        entry.action,
        Date.parse(entry.at),
        JSON.stringify(entry),
      );
      return { kind: row.changes === 0 ? 'duplicate' : 'stored' };
    };
    return await this.#write(() => entries.map(save), options);
  }

  async saveMetrics(metrics: readonly Metric[], options: WriteOptions): Promise<WriteOutcome[]> {
    const outcomes: WriteOutcome[] = [];
    for (let start = 0; start < metrics.length; start += metricsPerTransaction) {
      const part = metrics.slice(start, start + metricsPerTransaction);
      outcomes.push(...(await this.#write(() => this.#metrics.save(part), options)));
      this.#metrics.committed();
      await nextTurn();
    }
    return outcomes;
  }

  async saveRunbooks(runbooks: readonly Runbook[], options: SaveRunbooksOptions): Promise<Change> {
    const changes = changesOfSections(this.#database, storedSections(runbooks));
    if (options.dryRun !== true && changes.change.action !== 'none')
      await this.#write(() => writeSections(this.#database, changes), options);
    return changes.change;
  }

  /** What is committed is visible at once. */
  async refresh(): Promise<void> {}

  /** The tables are made when the store is opened. */
  async setup(): Promise<Change[]> {
    return [{ what: 'embedded store', action: 'none' }];
  }

  override async health(): Promise<DependencyHealth> {
    if (this.#trouble === undefined) return await super.health();
    const remedy = 'free space on the disk of the data folder';
    return { name: 'embedded store', ok: false, detail: this.#trouble, remedy };
  }

  async #write<T>(work: () => T, options: Pick<WriteOptions, 'signal'>): Promise<T> {
    const attempt = async (): Promise<T> => {
      await this.#makeRoom();
      return transact(this.#database, work);
    };
    const outcomes = await untilDone(attempt, options.signal, (error, attempts) => {
      this.#trouble = error.message;
      this.#options.logger.warn({ attempts }, `${error.message}; trying again`);
    });
    this.#trouble = undefined;
    return outcomes;
  }

  /** Sees to what has become old, some of it at each write, and to what is too much, all of it. */
  async #makeRoom(): Promise<void> {
    const now = this.#clock();
    if (this.#metricRetention.isDue(now)) {
      if (transact(this.#database, () => this.#metricRetention.age(now))) this.#metrics.forget();
      await nextTurn();
    }
    const readings = {
      bytes: () => this.#metricRetention.bytes(),
      shrink: () => {
        this.#metrics.forget();
        return this.#metricRetention.shrink(now);
      },
    };
    while (dropOldest(this.#database, this.#options.maxBytes * fill, readings)) await nextTurn();
  }
}

function inTransactions(documents: readonly LogDocument[]): LogDocument[][] {
  const parts: LogDocument[][] = [];
  let current: LogDocument[] = [];
  let length = 0;
  for (const document of documents) {
    if (current.length > 0 && length + document.json.length > transactionLength) {
      parts.push(current);
      current = [];
      length = 0;
    }
    current.push(document);
    length += document.json.length;
  }
  if (current.length > 0) parts.push(current);
  return parts;
}
