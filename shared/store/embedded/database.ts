import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from '#shared/disk/make-folder.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { groupOf } from './entries.ts';
import { fingerprintOf, ruleOf } from './finding-condition.ts';
import { metricsSchema } from './metrics/schema.ts';

/**
 * `seq` is the order of arrival, in which old lines are dropped. The text index keeps no text of its own; its trigrams find
 * any part of a line of three characters and more, Chinese included.
 */
const schema = `
CREATE TABLE IF NOT EXISTS logs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  time INTEGER NOT NULL,
  host TEXT NOT NULL,
  service TEXT NOT NULL,
  message TEXT NOT NULL,
  json TEXT,
  UNIQUE (id, type)
);
CREATE INDEX IF NOT EXISTS logs_by_time ON logs (time);
CREATE INDEX IF NOT EXISTS logs_by_service ON logs (service, time);
CREATE VIRTUAL TABLE IF NOT EXISTS logs_text
  USING fts5 (message, content = '', contentless_delete = 1, tokenize = 'trigram');
CREATE TABLE IF NOT EXISTS findings (
  id TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  service TEXT NOT NULL,
  severity INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  json TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS findings_by_time ON findings (last_seen);
CREATE INDEX IF NOT EXISTS findings_by_service ON findings (service, last_seen);
CREATE INDEX IF NOT EXISTS findings_by_fingerprint ON findings (${fingerprintOf}, last_seen);
CREATE INDEX IF NOT EXISTS findings_by_rule ON findings (${ruleOf}, last_seen);
CREATE TABLE IF NOT EXISTS deliveries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  incident TEXT NOT NULL,
  channel TEXT NOT NULL,
  time INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  json TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_by_incident ON deliveries (incident);
CREATE INDEX IF NOT EXISTS deliveries_by_group ON deliveries (${groupOf});
CREATE TABLE IF NOT EXISTS audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  incident TEXT,
  person TEXT NOT NULL,
  action TEXT NOT NULL,
  time INTEGER NOT NULL,
  json TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS audit_by_incident ON audit (incident);
CREATE INDEX IF NOT EXISTS audit_by_time ON audit (time);
CREATE TABLE IF NOT EXISTS runbooks (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  json TEXT NOT NULL
) WITHOUT ROWID;
`;

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const busy = 5;
const locked = 6;
const full = 13;

/**
 * Opens the file `store.sqlite` in the folder, and makes both where they are not there. A committed transaction survives a
 * power failure, since the bus commits its offsets on the strength of it.
 *
 * @throws LogpatrolError `unusable-environment` or `no-space`
 */
export function openDatabase(dataDir: string): DatabaseSync {
  const path = join(dataDir, 'store.sqlite');
  try {
    makeFolder(dataDir);
    const database = new DatabaseSync(path, { timeout: 5000 });
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864',
    );
    database.exec(schema);
    database.exec(metricsSchema);
    return database;
  } catch (error) {
    const passing = asPassing(error);
    if (passing !== undefined) throw passing;
    throw new LogpatrolError(
      'unusable-environment',
      `Cannot open the store ${path}: ${messageOf(error)}; choose a folder that can be written to with dataDir (LOGPATROL_DATA_DIR)`,
      { cause: error },
    );
  }
}

/**
 * Opens the same file for reading only: a process may read while another writes, for the write-ahead log gives each reader the
 * last committed state.
 *
 * @throws LogpatrolError `unusable-environment` where nothing has been kept yet, or the file cannot be read
 */
export function openForReading(dataDir: string): DatabaseSync {
  const path = join(dataDir, 'store.sqlite');
  const remedy =
    'start logpatrol here first, or name the folder that it keeps its data in with dataDir (LOGPATROL_DATA_DIR)';
  if (!existsSync(path))
    throw new LogpatrolError('unusable-environment', `There is no store at ${path}; ${remedy}`);
  try {
    const database = new DatabaseSync(path, { timeout: 5000, readOnly: true });
    const table = database.prepare("SELECT name FROM sqlite_schema WHERE name = 'deliveries'").get();
    if (table !== undefined) return database;
    database.close();
  } catch (error) {
    throw new LogpatrolError(
      'unusable-environment',
      `Cannot read the store ${path}: ${messageOf(error)}; this user needs to be able to write to its folder, too`,
      { cause: error },
    );
  }
  throw new LogpatrolError('unusable-environment', `The store at ${path} is empty; ${remedy}`);
}

/** What SQLite threw, as an error that says wait and try again; undefined where waiting does not help. */
export function asPassing(thrown: unknown): LogpatrolError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const code: unknown = Reflect.get(thrown, 'errcode');
  const isFull =
    (typeof code === 'number' && (code & 0xff) === full) || Reflect.get(thrown, 'code') === 'ENOSPC';
  if (isFull)
    return new LogpatrolError('no-space', 'The disk of the data folder is full; free some space', {
      cause: thrown,
    });
  if (typeof code === 'number' && ((code & 0xff) === busy || (code & 0xff) === locked))
    return new LogpatrolError('unreachable', 'The store is locked by another process', { cause: thrown });
  return undefined;
}

/** Runs the work in one transaction: all of it or nothing. @throws LogpatrolError of a kind to retry, where it may pass */
export function transact<T>(database: DatabaseSync, work: () => T): T {
  try {
    database.exec('BEGIN IMMEDIATE');
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has already rolled back by itself where it ran out of space.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw asPassing(error) ?? error;
  }
}
