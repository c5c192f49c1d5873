import { readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { makeFolder } from '#shared/disk/make-folder.ts';
import { codeOf } from '#shared/errors/index.ts';
import { faultsOf } from './check.ts';

/** A snapshot: the folder of its name holds a copy of each database file. */
export interface Snapshot {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const prefix = 'logpatrol-';
const partial = '.partial-';
/** So many stay, however old they are. */
export const alwaysKept = 3;
const day = 24 * 60 * 60 * 1000;

/** In this order: what the bus has given on is in the store then; what is in the store already is not stored twice. */
export const databaseFiles = ['bus.db', 'store.sqlite'] as const;

/** Snapshots in a folder, the newest first. Folders of other names are passed over. */
export async function snapshotsIn(folder: string): Promise<Snapshot[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  return names
    .flatMap((name) => {
      const at = momentOf(name);
      return at === undefined ? [] : [{ name, at }];
    })
    .sort((a, b) => b.at - a.at);
}

/**
 * Copies the databases into a new folder, which gets its name only once each copy is whole and sound. A copy holds
 * up nobody: other connections read and write meanwhile.
 *
 * @throws SQLite's or the system's error; nothing is left then
 */
export async function takeSnapshot(
  dataDir: string,
  folder: string,
  files: readonly string[],
  now: number,
  signal: AbortSignal,
): Promise<Snapshot> {
  const name = `${prefix}${new Date(now).toISOString().replaceAll(':', '.')}`;
  const unfinished = join(folder, partial + name);
  makeFolder(unfinished);
  try {
    for (const file of files) {
      signal.throwIfAborted();
      await copy(join(dataDir, file), join(unfinished, file));
      const [fault] = await faultsOf(join(unfinished, file), signal);
      if (fault !== undefined) throw new Error(`the copy of ${file} is not sound: ${fault}`);
    }
    await rename(unfinished, join(folder, name));
    return { name, at: now };
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** Those that are older than so many days, apart from the newest few. */
export function outdated(snapshots: readonly Snapshot[], keepDays: number, now: number): Snapshot[] {
  return snapshots.slice(alwaysKept).filter(({ at }) => now - at > keepDays * day);
}

/** Removes a snapshot, and what a process that died has left unfinished. */
export async function removeSnapshots(folder: string, snapshots: readonly Snapshot[]): Promise<void> {
  for (const { name } of snapshots) await rm(join(folder, name), { recursive: true, force: true });
  for (const name of await readdir(folder))
    if (name.startsWith(partial + prefix)) await rm(join(folder, name), { recursive: true, force: true });
}

/** Bytes of a database, those that are only in its write-ahead log yet too: so large is its copy. @throws SQLite's error */
export function bytesIn(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    const pragma = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
    return pragma('page_count') * pragma('page_size');
  } finally {
    database.close();
  }
}

/** Bytes that are free for us where the folder is, and percent of it in use. */
export async function diskOf(folder: string): Promise<{ free: number; percentUsed: number }> {
  const { bavail, bfree, blocks, bsize } = await statfs(folder);
  const used = blocks - bfree;
  return { free: bavail * bsize, percentUsed: (100 * used) / Math.max(1, used + bavail) };
}

async function copy(from: string, to: string): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true, timeout: 5000 });
  try {
    // All in one step, in a thread of its own: a copy in several steps begins anew whenever another connection has written.
    await backup(source, to, { rate: 2 ** 31 - 1 });
  } finally {
    source.close();
  }
  // One file by itself; whoever opens it to write makes a write-ahead log again.
  const copied = new DatabaseSync(to);
  try {
    copied.exec('PRAGMA journal_mode = DELETE');
  } finally {
    copied.close();
  }
}

function momentOf(name: string): number | undefined {
  if (!name.startsWith(prefix)) return undefined;
  const at = Date.parse(name.slice(prefix.length).replace(/T(\d\d)\.(\d\d)\./, 'T$1:$2:'));
  return Number.isNaN(at) ? undefined : at;
}
