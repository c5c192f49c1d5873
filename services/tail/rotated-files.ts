import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FoundFile, TailEntry } from './discover.ts';
import { isNeverALog, isRotatedName } from './rotated-name.ts';

/** A file beside the one that is asked for, under a rotated name. */
export interface RotatedFile extends FoundFile {
  /** When it was created, in milliseconds since the epoch; `undefined` where the file system does not know. */
  readonly bornAt: number | undefined;
}

/** The files that rotation has made of `path`, as far as they can be seen. */
export async function rotatedFiles(path: string, entry: TailEntry): Promise<RotatedFile[]> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []); // Gone, or not to be read: then there is nothing to find.
  const found: RotatedFile[] = [];
  for (const name of names) {
    const candidate = join(folder, name);
    if (isNeverALog(name) || !isRotatedName(candidate, path)) continue;
    const stats = await stat(candidate, { bigint: true }).catch(() => undefined);
    if (stats?.isFile() !== true) continue;
    // Where there is no time of birth, that of the last change of the inode stands in for it, which says nothing.
    const isKnown = stats.birthtimeNs > 0n && stats.birthtimeNs !== stats.ctimeNs;
    found.push({
      path: candidate,
      device: String(stats.dev),
      inode: String(stats.ino),
      entry,
      named: false,
      bornAt: isKnown ? Number(stats.birthtimeMs) : undefined,
    });
  }
  return found;
}
