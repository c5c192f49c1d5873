import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { DependencyHealth } from '#shared/bus/port.ts';
import { messageOf } from '#shared/errors/index.ts';
import {
  type AuditEntry,
  type Delivery,
  Finding,
  type Reading,
  type ServerStatus,
} from '#shared/model/index.ts';
import type { MetricReader, ReadingSlice } from '../metrics-port.ts';
import type {
  AuditQuery,
  DeliveryQuery,
  FindingQuery,
  LogFilter,
  LogQuery,
  LogScan,
  ScannedLog,
  ServiceCount,
  StoredLog,
  StoreReader,
} from '../port.ts';
import { auditEntries, deliveriesOf } from './entries.ts';
import { whereOfFindings } from './finding-condition.ts';
import { scanRows } from './log-scan.ts';
import { countRows, countRowsOverTime, searchRows, servicesInRows } from './logs.ts';
import { newestReadings, readingsOf, slicesOf } from './metrics/readings-reader.ts';
import { newestStatuses, statusesOf } from './metrics/status-reader.ts';
import { usedBytes } from './retention.ts';

const Json = z.object({ json: z.string() });

/** Looks things up in the SQLite file. */
export class EmbeddedReader implements StoreReader {
  readonly #database: DatabaseSync;
  readonly #dataDir: string;

  constructor(database: DatabaseSync, dataDir: string) {
    this.#database = database;
    this.#dataDir = dataDir;
  }

  async searchLogs(query: LogQuery): Promise<StoredLog[]> {
    query.signal?.throwIfAborted();
    return searchRows(this.#database, query);
  }

  async countLogs(query: LogFilter): Promise<number> {
    return countRows(this.#database, query);
  }

  async countLogsOverTime(
    query: LogFilter & { readonly from: number; readonly to: number },
    slices: number,
  ): Promise<number[]> {
    return countRowsOverTime(this.#database, query, slices);
  }

  scanLogs(query: LogScan): AsyncIterable<readonly ScannedLog[]> {
    return scanRows(this.#database, query);
  }

  async services(query: LogFilter & { readonly limit: number }): Promise<ServiceCount[]> {
    return servicesInRows(this.#database, query);
  }

  async searchFindings(query: FindingQuery): Promise<Finding[]> {
    query.signal?.throwIfAborted();
    const { where, values } = whereOfFindings(query);
    const rows = this.#database
      .prepare(`SELECT json FROM findings ${where} ORDER BY last_seen DESC, id LIMIT ?`)
      .all(...values, query.limit);
    return rows.map((row) => Finding.parse(JSON.parse(Json.parse(row).json)));
  }

  async finding(id: string): Promise<Finding | undefined> {
    const row = this.#database.prepare('SELECT json FROM findings WHERE id = ?').get(id);
    return row === undefined ? undefined : Finding.parse(JSON.parse(Json.parse(row).json));
  }

  async deliveries(query: DeliveryQuery): Promise<Delivery[]> {
    return deliveriesOf(this.#database, query);
  }

  async audit(query: AuditQuery): Promise<AuditEntry[]> {
    return auditEntries(this.#database, query);
  }

  async latestReadings(query: Parameters<MetricReader['latestReadings']>[0]): Promise<Reading[]> {
    query.signal?.throwIfAborted();
    return this.#hasMetrics() ? newestReadings(this.#database, query) : [];
  }

  async readings(query: Parameters<MetricReader['readings']>[0]): Promise<Reading[]> {
    query.signal?.throwIfAborted();
    return this.#hasMetrics() ? readingsOf(this.#database, query) : [];
  }

  async readingsOverTime(
    query: Parameters<MetricReader['readingsOverTime']>[0],
    slices: number,
  ): Promise<ReadingSlice[]> {
    query.signal?.throwIfAborted();
    return this.#hasMetrics() ? slicesOf(this.#database, query, slices) : [];
  }

  async serverStatuses(query: Parameters<MetricReader['serverStatuses']>[0]): Promise<ServerStatus[]> {
    query.signal?.throwIfAborted();
    return this.#hasMetrics() ? newestStatuses(this.#database, query) : [];
  }

  async statusHistory(query: Parameters<MetricReader['statusHistory']>[0]): Promise<ServerStatus[]> {
    query.signal?.throwIfAborted();
    return this.#hasMetrics() ? statusesOf(this.#database, query) : [];
  }

  /** A file of an earlier version that is only read has no tables of readings. */
  #hasMetrics(): boolean {
    return (
      this.#database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'server_status'").get() !== undefined
    );
  }

  async health(): Promise<DependencyHealth> {
    const name = 'embedded store';
    try {
      const megabytes = Math.ceil(usedBytes(this.#database) / 1024 / 1024);
      return { name, ok: true, detail: `${megabytes} MiB in use in ${this.#dataDir}` };
    } catch (error) {
      return { name, ok: false, detail: messageOf(error), remedy: 'look at the data folder, and restart' };
    }
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}
