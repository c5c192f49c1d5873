import type { BusRecord } from '#shared/bus/port.ts';
import { Position } from '#shared/model/index.ts';
import type { FoundFile } from './discover.ts';
import { headHash } from './file-reading.ts';
import type { EndedGeneration, StartingPoint } from './follower.ts';
import { isRotatedName } from './rotated-name.ts';

/** A position is kept so long after its file was last followed, in case the file comes back. */
export const keepPositionMs = 24 * 60 * 60 * 1000;
/** A copy made by copytruncate is looked for so long after the truncation. */
const keepEndedMs = 60 * 60 * 1000;
const maxEnded = 1000;
/** A file that changed so recently may still be in the making. */
const settledMs = 3000;

/** The positions of one host's tail in the records of `positions`, by source. Of what cannot be read the file is read anew. */
export async function readPositions(
  records: AsyncIterable<BusRecord>,
  host: string,
): Promise<Map<string, Position>> {
  const positions = new Map<string, Position>();
  const prefix = `tail:${host}:`;
  for await (const record of records) {
    const key = record.key?.toString('utf8');
    if (key === undefined || !key.startsWith(prefix)) continue;
    const position = record.value === null ? undefined : parse(record.value);
    if (position === undefined) positions.delete(key);
    else positions.set(key, position);
  }
  return positions;
}

function parse(value: Buffer): Position | undefined {
  try {
    return Position.safeParse(JSON.parse(value.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** A file that is about to be followed. */
export interface Candidate {
  readonly found: FoundFile;
  readonly size: number;
  readonly modifiedAt: number;
  readonly bornAt: number;
  /** Its first bytes, `headBytes` at most. */
  readonly head: Buffer;
}

/** A followed file, as far as copies of it are concerned. */
export interface LiveFile {
  readonly path: string;
  readonly head: string;
  readonly headLength: number;
}

/**
 * What is known of files that are not followed now: where they were read to, and which contents ended lately. Decides where
 * reading of a new one begins.
 */
export class Ledger {
  readonly #host: string;
  readonly #positions: Map<string, Position>;
  readonly #ended: (EndedGeneration & { at: number })[] = [];

  constructor(host: string, positions: Map<string, Position>) {
    this.#host = host;
    this.#positions = positions;
  }

  /** Positions of files that are not followed. */
  get waiting(): Iterable<Position> {
    return this.#positions.values();
  }

  /** Keeps the position of a file that is not followed any more. */
  put(position: Position): void {
    this.#positions.set(position.source, position);
  }

  /** Contents that were truncated away or replaced; a copy of them may turn up under a rotated name. */
  end(generation: EndedGeneration, now: number): void {
    if (generation.headLength === 0) return;
    while (this.#ended.length >= maxEnded || (this.#ended[0]?.at ?? now) < now - keepEndedMs)
      this.#ended.shift();
    this.#ended.push({ ...generation, at: now });
  }

  /**
   * Where reading of the file begins: where it ended, by device, inode and head; likewise where only the device has
   * changed, as it does when the machine or the container is started anew; at the end of what is known already in a
   * copy made by copytruncate; else at its beginning. `undefined`: too early to say.
   */
  startingPoint(file: Candidate, live: Iterable<LiveFile>, now: number): StartingPoint | undefined {
    const { found, head } = file;
    const source = `tail:${this.#host}:${found.device}:${found.inode}`;
    const known = this.#positions.get(source);
    if (known !== undefined) {
      this.#positions.delete(source);
      if (isSameContent(known, file)) return resume(known, head, found.path);
      this.end({ ...known.identity, path: known.path, offset: known.offset }, now);
      return {
        offset: 0,
        head: Buffer.alloc(0),
        generation: now.toString(36),
        path: found.path,
        isSaved: true,
      };
    }
    const moved = this.#onAnotherDevice(file);
    if (moved !== undefined) {
      this.#positions.delete(moved.source);
      return { ...resume(moved, head, found.path), isSaved: false, supersedes: moved.source };
    }
    const copied = this.#copiedUpTo(file, live, now);
    if (copied === undefined) return undefined;
    return {
      offset: copied,
      head: Buffer.from(head.subarray(0, Math.min(head.length, copied))),
      generation: Math.trunc(file.bornAt > 0 ? file.bornAt : now).toString(36),
      path: found.path,
      isSaved: copied === 0,
    };
  }

  /** Sources whose files have been gone for long. They are named until `forget`. */
  expired(now: number): string[] {
    const old = new Date(now - keepPositionMs).toISOString();
    return [...this.#positions.values()]
      .filter((position) => position.updatedAt < old)
      .map((position) => position.source);
  }

  forget(source: string): void {
    this.#positions.delete(source);
  }

  #onAnotherDevice(file: Candidate): Position | undefined {
    for (const position of this.#positions.values()) {
      if (position.identity.inode !== file.found.inode || position.identity.headLength === 0) continue;
      const isThere = position.path === file.found.path || isRotatedName(file.found.path, position.path);
      if (isThere && isSameContent(position, file)) return position;
    }
    return undefined;
  }

  /** How far the file repeats what was read under another name: 0 for a file of its own, `undefined` while that is open. */
  #copiedUpTo(file: Candidate, live: Iterable<LiveFile>, now: number): number | undefined {
    const isSettled = now - file.modifiedAt >= settledMs;
    const path = file.found.path;
    const isCopyOf = (other: LiveFile): boolean | undefined => {
      if (other.headLength === 0 || !isRotatedName(path, other.path)) return false;
      if (file.size < other.headLength) return isSettled ? false : undefined;
      return headHash(file.head.subarray(0, other.headLength)) === other.head;
    };
    for (const ended of this.#ended) {
      const isCopy = isCopyOf(ended);
      if (isCopy === undefined) return undefined;
      if (isCopy && file.size < ended.offset && !isSettled) return undefined;
      if (isCopy) return Math.min(ended.offset, file.size);
    }
    // A copy of what is still read under its own name says nothing new until that is truncated, if ever.
    for (const other of live) if (isCopyOf(other) !== false) return undefined;
    return 0;
  }
}

function isSameContent(position: Position, file: Candidate): boolean {
  const { head, headLength } = position.identity;
  return (
    file.size >= position.offset &&
    file.head.length >= headLength &&
    headHash(file.head.subarray(0, headLength)) === head
  );
}

function resume(position: Position, head: Buffer, path: string): StartingPoint {
  return {
    offset: position.offset,
    head: Buffer.from(head.subarray(0, position.identity.headLength)),
    generation: position.identity.generation,
    path: isRotatedName(path, position.path) ? position.path : path,
    isSaved: true,
  };
}
