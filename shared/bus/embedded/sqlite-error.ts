import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
export const sqliteCode = { busy: 5, ioError: 10, full: 13 } as const;

/** Below this the disk counts as full: SQLite tells of some writes that found no room only as of an I/O error. */
const littleSpaceBytes = 1024 * 1024;

/** The primary result code of what SQLite threw; undefined for anything else. */
export function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff; // the extended code's low byte
}

/** What SQLite threw, where somebody can do something about it, as an error that says what; anything else as it is. */
export function explained(error: unknown, path: string, maxBytes: number): unknown {
  const code = primaryCode(error);
  const options = { cause: error };
  if (code === sqliteCode.busy) {
    return new LogpatrolError('unreachable', `another program holds a lock on ${path}`, options);
  }
  if (code !== sqliteCode.full && code !== sqliteCode.ioError) return error;
  const { bavail, bsize } = statfsSync(dirname(path));
  if (bavail * bsize < littleSpaceBytes) {
    const message = `the disk of ${path} is full: make room, and work goes on by itself`;
    return new LogpatrolError('no-space', message, options);
  }
  if (code === sqliteCode.ioError) return error;
  const limit = Math.round(maxBytes / 1e6);
  const message = `${path} has reached its limit of ${limit} MB: raise retention.embeddedGigabytes`;
  return new LogpatrolError('no-space', message, options);
}

/** What kept the files in `dataDir` from being opened, as an error that says so; a defect of ours as it is. */
export function openingError(error: unknown, dataDir: string): unknown {
  if (error instanceof LogpatrolError || !(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ENOSPC' || primaryCode(error) === sqliteCode.full) {
    return new LogpatrolError('no-space', `the disk of ${dataDir} is full: make room`, { cause: error });
  }
  const message = `cannot use the data folder ${dataDir}: ${messageOf(error)}`;
  return new LogpatrolError('unusable-environment', message, { cause: error });
}
