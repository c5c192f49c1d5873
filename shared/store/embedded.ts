import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Change, DependencyHealth } from '#shared/bus/port.ts';
import { messageOf } from '#shared/errors/index.ts';
import { Delivery, Finding, severities } from '#shared/model/index.ts';
import { deliveryId } from './delivery-id.ts';
import { openDatabase, transact } from './embedded/database.ts';
import { Logs } from './embedded/logs.ts';
import { dropOldest, usedBytes } from './embedded/retention.ts';
import type {
  FindingQuery,
  LogDocument,
  LogQuery,
  Store,
  StoredLog,
  WriteOptions,
  WriteOutcome,
} from './port.ts';
import { untilDone } from './waiting.ts';

interface Options {
  readonly dataDir: string;
  /** Of the database file; the oldest lines go first. */
  readonly maxBytes: number;
  readonly logger: Logger;
}

const Json = z.object({ json: z.string() });

/** Characters of one transaction, some tens of milliseconds of work; other tasks of the process get their turn in between. */
const transactionLength = 512 * 1024;
/** Share of `maxBytes` at which the oldest lines go; the rest is room for the write-ahead log and for merges of the index. */
const fill = 0.8;

/**
 * The store in one SQLite file, `store.sqlite` in the data folder, for one process. A full disk is waited for, as a server that
 * is down would be.
 *
 * @throws LogpatrolError `unusable-environment` or `no-space` where the file cannot be opened
 */
export async function openEmbeddedStore(options: Options): Promise<Store> {
  return new EmbeddedStore(openDatabase(options.dataDir), options);
}

class EmbeddedStore implements Store {
  readonly #database: DatabaseSync;
  readonly #options: Options;
  readonly #logs: Logs;
  #trouble: string | undefined;

  constructor(database: DatabaseSync, options: Options) {
    this.#database = database;
    this.#options = options;
    this.#logs = new Logs(database);
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

  async searchLogs(query: LogQuery): Promise<StoredLog[]> {
    return this.#logs.search(query);
  }

  async countLogs(query: Omit<LogQuery, 'limit' | 'order'>): Promise<number> {
    return this.#logs.count(query);
  }

  async searchFindings(query: FindingQuery): Promise<Finding[]> {
    const rows = this.#database
      .prepare(
        `SELECT json FROM findings
         WHERE (?1 IS NULL OR service = ?1) AND severity >= ?2
           AND (?3 IS NULL OR last_seen >= ?3) AND (?4 IS NULL OR first_seen < ?4)
         ORDER BY last_seen DESC, id LIMIT ?5`,
      )
      .all(
        query.service ?? null,
        query.atLeast === undefined ? 0 : severities.indexOf(query.atLeast),
        query.from ?? null,
        query.to ?? null,
        query.limit,
      );
    return rows.map((row) => Finding.parse(JSON.parse(Json.parse(row).json)));
  }

  async finding(id: string): Promise<Finding | undefined> {
    const row = this.#database.prepare('SELECT json FROM findings WHERE id = ?').get(id);
    return row === undefined ? undefined : Finding.parse(JSON.parse(Json.parse(row).json));
  }

  async deliveries(query: { incidentId?: string; channel?: string; limit: number }): Promise<Delivery[]> {
    const rows = this.#database
      .prepare(
        `SELECT json FROM deliveries
         WHERE (?1 IS NULL OR incident = ?1) AND (?2 IS NULL OR channel = ?2)
         ORDER BY time DESC, attempt DESC, seq DESC LIMIT ?3`,
      )
      .all(query.incidentId ?? null, query.channel ?? null, query.limit);
    return rows.map((row) => Delivery.parse(JSON.parse(Json.parse(row).json)));
  }

  /** What is committed is visible at once. */
  async refresh(): Promise<void> {}

  /** The tables are made when the store is opened. */
  async setup(): Promise<Change[]> {
    return [{ what: 'embedded store', action: 'none' }];
  }

  async health(): Promise<DependencyHealth> {
    const name = 'embedded store';
    if (this.#trouble !== undefined)
      return { name, ok: false, detail: this.#trouble, remedy: 'free space on the disk of the data folder' };
    try {
      const megabytes = Math.ceil(usedBytes(this.#database) / 1024 / 1024);
      return { name, ok: true, detail: `${megabytes} MiB in use in ${this.#options.dataDir}` };
    } catch (error) {
      return { name, ok: false, detail: messageOf(error), remedy: 'look at the data folder, and restart' };
    }
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }

  async #write(work: () => WriteOutcome[], options: WriteOptions): Promise<WriteOutcome[]> {
    const attempt = async (): Promise<WriteOutcome[]> => {
      while (dropOldest(this.#database, this.#options.maxBytes * fill)) await nextTurn();
      return transact(this.#database, work);
    };
    const outcomes = await untilDone(attempt, options.signal, (error, attempts) => {
      this.#trouble = error.message;
      this.#options.logger.warn({ attempts }, `${error.message}; trying again`);
    });
    this.#trouble = undefined;
    return outcomes;
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
