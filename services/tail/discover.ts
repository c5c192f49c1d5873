import type { BigIntStats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import picomatch from 'picomatch';
import type { Config } from '#shared/config/index.ts';
import { codeOf, messageOf } from '#shared/errors/index.ts';
import { isNeverALog } from './rotated-name.ts';

export type TailEntry = Config['tail']['files'][number];

/** A file that is there and asked for. */
export interface FoundFile {
  /** Absolute, symbolic links resolved. */
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  readonly entry: TailEntry;
  /** Asked for by its very name, not as one of a folder or a pattern. */
  readonly named: boolean;
}

export interface Discovery {
  /** One for each device and inode; where several entries ask for a file, the first of them counts. */
  readonly files: FoundFile[];
  /** The folders that were looked into and those of named files, absolute. */
  readonly folders: Set<string>;
  /** Path → what is wrong with it, as one line for a person. */
  readonly problems: Map<string, string>;
}

/** Nesting of folders beyond this is left alone. */
const maxDepth = 16;

/**
 * The files that the entries ask for, as they are now. A folder stands for all in it and in the folders below it, hidden
 * names, packed and binary files excepted; a pattern (`/var/log/*.log`, `**`) for what it matches. Symbolic links are
 * followed, each folder once, so that loops end. What is missing or may not be read is a problem, never an error.
 */
export async function discover(entries: readonly TailEntry[]): Promise<Discovery> {
  const found = new Map<string, FoundFile>();
  const discovery = { folders: new Set<string>(), problems: new Map<string, string>() };

  const add = (path: string, stats: BigIntStats, entry: TailEntry, named: boolean): void => {
    const device = String(stats.dev);
    const inode = String(stats.ino);
    const key = `${device}:${inode}`;
    if (!found.has(key)) found.set(key, { path, device, inode, entry, named });
  };

  const walk = async (folder: string, entry: TailEntry, accepts: Accepts, visited: Set<string>) => {
    let names: string[];
    try {
      const real = await realpath(folder);
      const self = await stat(real, { bigint: true });
      const id = `${self.dev}:${self.ino}`;
      if (visited.has(id) || visited.size > 100_000) return;
      visited.add(id);
      names = (await readdir(real)).sort();
      discovery.folders.add(real);
    } catch (error) {
      discovery.problems.set(folder, describeProblem(folder, error));
      return;
    }
    for (const name of names) {
      const path = join(folder, name);
      try {
        const stats = await stat(path, { bigint: true });
        if (stats.isDirectory()) {
          if (accepts.folder(path)) await walk(path, entry, accepts, visited);
        } else if (stats.isFile() && !isNeverALog(name) && accepts.file(path))
          add(await realpath(path), stats, entry, false);
      } catch (error) {
        if (!isMissing(error)) discovery.problems.set(path, describeProblem(path, error));
        // Missing: deleted since it was listed, or a link to nowhere. Neither is anybody's mistake.
      }
    }
  };

  for (const entry of entries) {
    const path = resolve(entry.path);
    try {
      const stats = await stat(path, { bigint: true });
      if (stats.isDirectory()) {
        await walk(path, entry, everythingBelow(path), new Set());
      } else if (stats.isFile()) {
        const real = await realpath(path);
        discovery.folders.add(dirname(path)).add(dirname(real));
        add(real, stats, entry, true);
      } else discovery.problems.set(path, `Cannot follow ${path}: it is neither a file nor a folder.`);
    } catch (error) {
      const pattern = picomatch.scan(path);
      if (isMissing(error) && pattern.isGlob)
        await walk(pattern.base, entry, matching(path, pattern.base), new Set());
      else {
        discovery.problems.set(path, describeProblem(path, error));
        if (isMissing(error)) discovery.folders.add(dirname(path));
      }
    }
  }
  return { files: [...found.values()], ...discovery };
}

/** The entry that a path belongs to, whether or not there is a file now; for a file that has gone. */
export function entryOf(path: string, entries: readonly TailEntry[]): TailEntry | undefined {
  return entries.find((entry) => {
    const asked = resolve(entry.path);
    return path === asked || path.startsWith(`${asked}/`) || picomatch.isMatch(path, asked);
  });
}

/** Which files of a walk are wanted, and which folders are worth going into. */
interface Accepts {
  file(path: string): boolean;
  folder(path: string): boolean;
}

function everythingBelow(root: string): Accepts {
  const depth = root.split('/').length;
  const visible = (path: string) => !basename(path).startsWith('.');
  return { file: visible, folder: (path) => visible(path) && path.split('/').length - depth <= maxDepth };
}

function matching(pattern: string, base: string): Accepts {
  const matches = picomatch(pattern);
  const deep = pattern.includes('**');
  const depth = deep ? base.split('/').length + maxDepth : pattern.split('/').length - 1;
  return {
    file: (path) => matches(path),
    folder: (path) => !basename(path).startsWith('.') && path.split('/').length <= depth,
  };
}

/** True where nothing is at the path any more, or yet. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** One line that says what is wrong with a path, and what to do. */
export function describeProblem(path: string, error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `${path} does not exist (yet): it will be followed from its beginning once it does.`;
    case 'EACCES':
    case 'EPERM':
      return `Cannot read ${path}: permission denied. Let logpatrol's user read it (often: add it to the group adm); it is tried again.`;
    case 'ELOOP':
      return `Cannot follow ${path}: its symbolic links lead back to themselves.`;
    default:
      return `Cannot read ${path}: ${messageOf(error)}. It is tried again.`;
  }
}
