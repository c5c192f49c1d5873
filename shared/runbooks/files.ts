import type { Dirent } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { maxFileBytes } from './read-runbook.ts';

/** Folder of the runbooks that come with logpatrol. */
export const shippedRunbooks = fileURLToPath(new URL('../../runbooks', import.meta.url));

/** Which runbooks to load, as `config.runbooks` has it. */
export interface RunbookSelection {
  /** Folders, looked through with those in them, and files. */
  readonly paths: readonly string[];
  readonly shipped: boolean;
}

/** Of one folder; what has more is no folder of runbooks. */
const maxFiles = 5000;
const maxFolders = 2000;
const maxDepth = 16;

/** Place, size and time of every file that may be a runbook: it changes when one of them does. */
export async function stateOfFiles(selection: RunbookSelection): Promise<string> {
  const states: string[] = [];
  // What cannot be read now is told of when it is loaded.
  for (const path of pathsOf(selection))
    for (const file of await filesAt(path).catch(() => []))
      states.push(
        await stat(file).then(
          ({ size, mtimeMs, ino }) => `${file} ${size} ${mtimeMs} ${ino}`,
          () => file,
        ),
      );
  return states.join('\n');
}

/** The folders and files of a selection. */
export function pathsOf({ paths, shipped }: RunbookSelection): string[] {
  return shipped ? [...paths, shippedRunbooks] : [...paths];
}

/**
 * The file itself, or every `*.md` in a folder and those in it, in order; each real folder once, so that links in a circle end.
 *
 * @throws LogpatrolError `unreadable-input`
 */
export async function filesAt(path: string): Promise<string[]> {
  try {
    const found = await stat(path);
    if (found.isFile()) return [path];
    if (!found.isDirectory()) throw new Error(`${path} is neither a folder nor a file`);
  } catch (error) {
    throw new LogpatrolError('unreadable-input', `cannot read runbooks: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const files: string[] = [];
  const seen = new Set<string>();
  await walk(path, 0);
  return files;

  async function walk(folder: string, depth: number): Promise<void> {
    const real = await realpath(folder);
    if (seen.has(real) || depth > maxDepth) return;
    seen.add(real);
    if (seen.size > maxFolders)
      throw new LogpatrolError(
        'unreadable-input',
        `cannot read runbooks: ${path} has more than ${maxFolders} folders`,
      );
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const inside = join(folder, entry.name);
      const kind = await kindOf(entry, inside);
      if (kind === 'folder') await walk(inside, depth + 1);
      else if (kind === 'file' && isRunbookFile(entry.name)) {
        if (files.length >= maxFiles)
          throw new LogpatrolError(
            'unreadable-input',
            `cannot read runbooks: ${path} has more than ${maxFiles}`,
          );
        files.push(inside);
      }
    }
  }
}

/** A folder of runbooks may say in a README what it holds. */
function isRunbookFile(name: string): boolean {
  return /\.md$/i.test(name) && !/^readme(\.[\w-]+)?\.md$/i.test(basename(name));
}

async function kindOf(entry: Dirent, path: string): Promise<'folder' | 'file' | 'other'> {
  if (!entry.isSymbolicLink()) return entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other';
  try {
    const target = await stat(path);
    return target.isDirectory() ? 'folder' : target.isFile() ? 'file' : 'other';
  } catch {
    // A link that leads nowhere is said as a file that cannot be read.
    return 'file';
  }
}

/** What a file holds, as far as it matters that there is more than a runbook may have. */
export async function contentOf(path: string): Promise<Buffer> {
  await using file = await open(path);
  const buffer = Buffer.alloc(Math.min((await file.stat()).size, maxFileBytes) + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
