import { hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** How much of a file's beginning tells it from another; as Filebeat's fingerprint. */
export const headBytes = 1024;

/** Opens without waiting, should a pipe stand there by now. */
export function openForReading(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** Fills `target` from `offset` on; shorter only where the file ends. */
export async function readAt(handle: FileHandle, target: Buffer, offset: number): Promise<Buffer> {
  let filled = 0;
  while (filled < target.length) {
    const { bytesRead } = await handle.read(target, filled, target.length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return target.subarray(0, filled);
}

/** The hash of a file's beginning, for `Position.identity.head`. */
export function headHash(head: Uint8Array): string {
  return hash('sha256', head, 'base64url');
}

/** The offset of the first newline in `[from, to)`, read through `scratch`; -1 where there is none. */
export async function findNewline(
  handle: FileHandle,
  scratch: Buffer,
  from: number,
  to: number,
): Promise<number> {
  for (let at = from; at < to; ) {
    const chunk = await readAt(handle, scratch.subarray(0, Math.min(scratch.length, to - at)), at);
    if (chunk.length === 0) return -1;
    const newline = chunk.indexOf(0x0a);
    if (newline !== -1) return at + newline;
    at += chunk.length;
  }
  return -1;
}
