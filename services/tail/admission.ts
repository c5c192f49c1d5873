import type { FileHandle } from 'node:fs/promises';
import type { FoundFile } from './discover.ts';
import { headBytes, openForReading, readAt } from './file-reading.ts';
import type { Candidate } from './ledger.ts';

/** A file that was opened and looked at, or why it is not one to follow. */
export type Opened =
  | { readonly kind: 'file'; readonly handle: FileHandle; readonly candidate: Candidate }
  | { readonly kind: 'packed' | 'binary' | 'replaced' };

const magics = [
  Buffer.from([0x1f, 0x8b]),
  Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
  Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]),
  Buffer.from('BZh'),
  Buffer.from('PK\u0003\u0004'),
];

/**
 * Opens a file that was found and looks at its beginning. Packed files (gzip, zstd, xz, bzip2, zip) are not to be followed,
 * nor is one that was not asked for by name and has a NUL in its first bytes but not at the very start.
 *
 * @throws the file system's error where it cannot be opened
 */
export async function openFound(found: FoundFile): Promise<Opened> {
  const handle = await openForReading(found.path);
  try {
    const stats = await handle.stat({ bigint: true });
    if (String(stats.dev) !== found.device || String(stats.ino) !== found.inode)
      return await refuse(handle, 'replaced');
    const head = await readAt(handle, Buffer.alloc(headBytes), 0);
    if (magics.some((magic) => head.subarray(0, magic.length).equals(magic)))
      return await refuse(handle, 'packed');
    if (!found.named && head[0] !== 0 && head.includes(0)) return await refuse(handle, 'binary');
    const candidate = {
      found,
      head,
      size: Number(stats.size),
      modifiedAt: Number(stats.mtimeMs),
      bornAt: Number(stats.birthtimeMs),
    };
    return { kind: 'file', handle, candidate };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function refuse(handle: FileHandle, kind: 'packed' | 'binary' | 'replaced'): Promise<Opened> {
  await handle.close();
  return { kind };
}
