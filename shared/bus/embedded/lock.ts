import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LogpatrolError } from '#shared/errors/index.ts';
import { primaryCode, sqliteCode } from './sqlite-error.ts';

/** How long a process that is just ending may keep a successor waiting, in milliseconds. */
const patienceMs = 1000;

/** Another process has the data folder; whoever wants something of it must ask that process. */
export class FolderInUse extends LogpatrolError {
  constructor(holder: string, dataDir: string, cause: unknown) {
    super(
      'unusable-environment',
      `the data folder ${dataDir} is in use by ${holder}: stop that process, or choose another folder`,
      { cause },
    );
  }
}

/**
 * Takes the data folder for this process alone, and tells how to give it back. It is SQLite's own lock on a database that
 * has no other use, so the system releases it with the process, however that ends.
 *
 * @throws FolderInUse where another process has it
 */
export function lockFolder(dataDir: string): () => void {
  const pidFile = join(dataDir, 'bus.pid');
  const database = new DatabaseSync(join(dataDir, 'bus.lock'), { timeout: patienceMs });
  try {
    database.exec('BEGIN EXCLUSIVE');
    writeFileSync(pidFile, `${process.pid}\n`);
  } catch (cause) {
    database.close();
    if (primaryCode(cause) !== sqliteCode.busy) throw cause;
    throw new FolderInUse(holder(pidFile), dataDir, cause);
  }
  return () => database.close();
}

function holder(pidFile: string): string {
  try {
    return `process ${readFileSync(pidFile, 'utf8').trim()}`;
  } catch {
    return 'another process'; // it has not come so far as to write its number
  }
}
