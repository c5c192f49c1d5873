import { type FileHandle, stat } from 'node:fs/promises';
import type { Position } from '#shared/model/index.ts';
import type { BatchBuilder } from './batch.ts';
import { cutEvents, type Flush, type RawEvent } from './cut-events.ts';
import type { FoundFile } from './discover.ts';
import { findNewline, headBytes, headHash, openForReading, readAt } from './file-reading.ts';
import { logRecord } from './log-record.ts';
import { isRotatedName } from './rotated-name.ts';

/** A trace may go on: the last complete line waits so long for the next, after the last growth and in all. */
const joinWaitMs = 500;
const maxJoinWaitMs = 2000;
/** A last line without its end is given out as it is after so long without growth. */
const unfinishedLineMs = 5000;
/** Bytes read at once, unless an event needs more; and searched at once for the end of an overlong line. */
const windowBytes = 256 * 1024;
const searchBytes = 16 * 1024 * 1024;
/** Most lines of one joined event. */
const maxEventLines = 2000;

/** What all followers share, so that memory does not grow with their number. */
export interface Reading {
  readonly host: string;
  readonly maxLineBytes: number;
  /** Room for the longest event and what shows that it has ended; used by one read at a time. */
  readonly scratch: Buffer;
}

/** Bytes of `Reading.scratch` for lines of so many bytes. */
export function scratchBytes(maxLineBytes: number): number {
  return Math.max(windowBytes, maxLineBytes + 64 * 1024);
}

/** Where reading begins. */
export interface StartingPoint {
  readonly offset: number;
  /** The file's beginning as it was read so far, `headBytes` at most: what shows a truncation. */
  readonly head: Buffer;
  readonly generation: string;
  /** The path that its lines have carried so far. */
  readonly path: string;
  /** False where the bus does not have this yet. */
  readonly isSaved: boolean;
  /** The source under which the bus has it instead. */
  readonly supersedes?: string;
}

/** How a file's contents ended: it was truncated, or replaced in place. */
export interface EndedGeneration {
  readonly path: string;
  readonly head: string;
  readonly headLength: number;
  readonly offset: number;
}

/**
 * One file, by its device and inode, read from its offset on. It keeps no bytes between reads but the head: what is not
 * given out yet (an unfinished line, an event that may go on) is read again.
 */
export class Follower {
  readonly key: string;
  readonly found: FoundFile;
  /** Where it is now; its lines carry `path`. */
  currentPath: string;
  /** The next moment at which to read though nothing has told of a change. */
  wakeAt: number | undefined;
  /** False once no entry's listing shows it any more: deleted, or renamed out of sight. It is finished first. */
  isListed = true;
  lastGrowthAt: number;
  offset: number;
  size = 0;
  linkCount = 1;
  /** Why it could not be read the last time, as a line for a person. */
  problem: string | undefined;
  path: string;
  #head: Buffer;
  /** The beginning as it was at the last read. */
  #nextHead: Buffer = Buffer.alloc(0);
  #generation: string;
  #handle: FileHandle | undefined;
  #heldSince: number | undefined;
  #searchedTo = 0;
  #seen = '';
  #isSaved: boolean;
  #supersedes: string | undefined;
  readonly #reading: Reading;
  readonly #onEnded: (generation: EndedGeneration, now: number) => void;

  constructor(
    found: FoundFile,
    start: StartingPoint,
    reading: Reading,
    handle: FileHandle,
    now: number,
    onEnded: (generation: EndedGeneration, now: number) => void,
  ) {
    this.key = `${found.device}:${found.inode}`;
    this.found = found;
    this.currentPath = found.path;
    this.path = start.path;
    this.offset = start.offset;
    this.lastGrowthAt = now;
    this.#head = start.head;
    this.#generation = start.generation;
    this.#isSaved = start.isSaved;
    this.#supersedes = start.supersedes;
    this.#reading = reading;
    this.#handle = handle;
    this.#onEnded = onEnded;
  }

  get isOpen(): boolean {
    return this.#handle !== undefined;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.size;
  }

  get headLength(): number {
    return this.#head.length;
  }

  get head(): string {
    return headHash(this.#head);
  }

  /** The listing shows the file at this path now. A name that rotation gives does not change the one its lines carry. */
  seenAt(path: string): void {
    this.isListed = true;
    this.currentPath = path;
    if (path !== this.path && !isRotatedName(path, this.path)) this.path = path;
  }

  /** False where another file, or none, is where it was. */
  async isAtItsPath(): Promise<boolean> {
    const stats = await stat(this.currentPath, { bigint: true }).catch(() => undefined);
    return stats !== undefined && `${stats.dev}:${stats.ino}` === this.key;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  /**
   * Adds what there is to the batch, with the position behind it. True: there is more to read at once. The offset moves when
   * the batch is written.
   *
   * @throws the file system's error where the file cannot be opened or read
   */
  async read(batch: BatchBuilder, now: number): Promise<boolean> {
    this.wakeAt = undefined;
    const handle = await this.#open();
    const stats = await handle.stat();
    this.linkCount = stats.nlink;
    if (stats.size < this.offset) this.#startAgain(now);
    if (stats.size !== this.size) {
      this.size = stats.size;
      this.lastGrowthAt = now;
    }
    const seen = `${stats.size} ${stats.mtimeMs}`;
    if (this.offset === this.size && seen === this.#seen) return false;
    this.#seen = seen;
    if (this.#searchedTo - this.offset > this.#reading.maxLineBytes)
      return this.#readOverlongLine(handle, batch, now);

    const available = this.size - this.offset;
    let length = Math.min(available, windowBytes);
    let window = await this.#window(handle, length);
    if (window === undefined) return this.#startAgain(now);
    let flush = window.length < available ? 'none' : this.#flush(now);
    let consumed = this.#cut(window, available, flush, batch, now);
    if (consumed === 0 && window.length < available && !batch.isFull) {
      length = Math.min(available, this.#reading.scratch.length);
      window = await this.#window(handle, length);
      if (window === undefined) return this.#startAgain(now);
      if (!window.includes(0x0a) && window.length > this.#reading.maxLineBytes)
        return this.#readOverlongLine(handle, batch, now);
      // What follows an event that fills the window would make it longer than an event may be, so it has ended.
      flush = window.length < available ? 'lines' : this.#flush(now);
      consumed = this.#cut(window, available, flush, batch, now);
    }
    this.#advance(batch, consumed, now);
    if (consumed === available) return false;
    if (window.length < available || batch.isFull) return true;
    this.#waitForMore(flush, now);
    return false;
  }

  #position(offset: number, head: Buffer, now: number): Position {
    return {
      source: `tail:${this.#reading.host}:${this.key}`,
      path: this.path,
      identity: this.#identity(head),
      offset,
      updatedAt: new Date(now).toISOString(),
    };
  }

  /** Where it is read to, for when it is not followed any more. */
  lastPosition(now: number): Position {
    return this.#position(this.offset, this.#head, now);
  }

  #identity(head: Buffer): Position['identity'] {
    return {
      device: this.found.device,
      inode: this.found.inode,
      head: headHash(head),
      headLength: head.length,
      generation: this.#generation,
    };
  }

  async #open(): Promise<FileHandle> {
    if (this.#handle !== undefined) return this.#handle;
    const handle = await openForReading(this.currentPath);
    const stats = await handle.stat({ bigint: true });
    if (`${stats.dev}:${stats.ino}` !== this.key) {
      await handle.close();
      throw Object.assign(new Error(`another file has taken the name ${this.currentPath}`), {
        code: 'ENOENT',
      });
    }
    this.#handle = handle;
    return handle;
  }

  /** The bytes from the offset on; `undefined` where the file's beginning, looked at after them, is not what it was. */
  async #window(handle: FileHandle, length: number): Promise<Buffer | undefined> {
    const window = await readAt(handle, this.#reading.scratch.subarray(0, length), this.offset);
    const head = await readAt(handle, Buffer.alloc(headBytes), 0);
    if (!head.subarray(0, this.#head.length).equals(this.#head)) return undefined;
    this.#nextHead = head;
    return window;
  }

  /** The contents are new: all of them is to be read. Always true, for there is more to read. */
  #startAgain(now: number): true {
    this.#onEnded(
      { path: this.path, head: this.head, headLength: this.headLength, offset: this.offset },
      now,
    );
    this.offset = 0;
    this.#head = Buffer.alloc(0);
    this.#generation = now.toString(36);
    this.#searchedTo = 0;
    this.#heldSince = undefined;
    this.#seen = '';
    this.size = 0;
    return true;
  }

  #flush(now: number): Flush {
    const quiet = now - this.lastGrowthAt;
    if (quiet >= unfinishedLineMs) return 'all';
    const held = this.#heldSince === undefined ? 0 : now - this.#heldSince;
    return quiet >= joinWaitMs || held >= maxJoinWaitMs ? 'lines' : 'none';
  }

  #waitForMore(flush: Flush, now: number): void {
    if (flush === 'all') return;
    this.#heldSince ??= now;
    const unfinished = this.lastGrowthAt + unfinishedLineMs;
    const event = Math.min(this.lastGrowthAt + joinWaitMs, this.#heldSince + maxJoinWaitMs);
    this.wakeAt = flush === 'none' ? Math.max(now + 1, event) : unfinished;
  }

  #cut(window: Buffer, available: number, flush: Flush, batch: BatchBuilder, now: number): number {
    const more = window.length < available;
    const limits = { maxBytes: this.#reading.maxLineBytes, maxLines: maxEventLines };
    return cutEvents(window, { ...limits, flush, more }, (event) => this.#add(window, event, batch, now));
  }

  #add(window: Buffer, event: RawEvent, batch: BatchBuilder, now: number): boolean {
    const { entry } = this.found;
    const source = {
      host: this.#reading.host,
      path: this.path,
      type: entry.type,
      service: entry.service,
      identity: this.#identity(this.#head),
    };
    return batch.addLine(logRecord(source, window, this.offset, event, now));
  }

  /** A line longer than allowed: its beginning is given out once its end is found, and the rest passed over. */
  async #readOverlongLine(handle: FileHandle, batch: BatchBuilder, now: number): Promise<boolean> {
    const { maxLineBytes, scratch } = this.#reading;
    const from = Math.max(this.#searchedTo, this.offset + maxLineBytes);
    const to = Math.min(this.size, from + searchBytes);
    const newline = await findNewline(handle, scratch, from, to);
    const isFinished = newline !== -1;
    if (!isFinished && to < this.size) {
      this.#searchedTo = to;
      return true;
    }
    if (!isFinished && now - this.lastGrowthAt < unfinishedLineMs) {
      this.#searchedTo = to;
      this.wakeAt = this.lastGrowthAt + unfinishedLineMs;
      return false;
    }
    const window = await this.#window(handle, maxLineBytes + 4);
    if (window === undefined) return this.#startAgain(now);
    let isRefused = false;
    cutEvents(window, { maxBytes: maxLineBytes, maxLines: 1, flush: 'all', more: false }, (event) => {
      isRefused = !this.#add(window, { ...event, truncated: true }, batch, now);
      return !isRefused;
    });
    if (isRefused) return true;
    const end = isFinished ? newline + 1 : to;
    this.#advance(batch, end - this.offset, now);
    return end < this.size;
  }

  #advance(batch: BatchBuilder, consumed: number, now: number): void {
    if (consumed === 0 && this.#isSaved) return;
    const offset = this.offset + consumed;
    const head = this.#nextHead.subarray(0, Math.min(this.#nextHead.length, offset));
    if (this.#supersedes !== undefined) batch.addTombstone(this.#supersedes, () => {});
    batch.addPosition(this.#position(offset, head, now), consumed, () => {
      if (consumed > 0) this.#heldSince = undefined;
      this.offset = offset;
      this.#head = head;
      this.#isSaved = true;
      this.#supersedes = undefined;
    });
  }
}
