import type { Gate } from '../detect/gate.ts';
import { RecentRanges } from './recent-ranges.ts';

/** One event in the window: `bytes[start, end)` without its last line end. */
export interface CutEvent {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Byte offset of `start` in the input. */
  readonly offset: number;
  /** Number of its first line, from 1. */
  readonly line: number;
  /** The events before it, oldest first, as far as they are still in memory. */
  before(): readonly string[];
}

export interface CutterOptions {
  /** Events without a literal of this gate are passed over unread; `undefined`: every event is taken. */
  readonly gate: Gate | undefined;
  /** Whether a line belongs to the event before it, as `createLineJoiner` says. */
  joins(bytes: Uint8Array, start: number, end: number, eventStart: number): boolean;
  /** Longest line in bytes; the rest of a longer one is dropped, and `joins` must join nothing to its beginning. */
  readonly maxLineBytes: number;
  /** Lines that `before` gives. */
  readonly context: number;
  take(event: CutEvent): void;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
/** What is kept of the past for `before`, in bytes. */
const maxContextBytes = 32 * 1024;

/**
 * Cuts a stream of bytes into events, and looks only at those that may matter: the gate runs over whole windows, so that
 * an event without a literal costs no more than finding its line ends.
 */
export class EventCutter {
  readonly #options: CutterOptions;
  #window: Buffer;
  /** End of what is in the window. */
  #filled = 0;
  /** First byte that has not been cut into lines. */
  #at = 0;
  /** What to add to a place in the window, from `#at` on, for its offset in the input. */
  #windowOffset = 0;
  /** Start of the event that may still grow, and the end of its last line; -1: there is none. */
  #heldStart = -1;
  #heldEnd = -1;
  #heldLine = 0;
  #heldOffset = 0;
  #lines = 0;
  /** Inside of a line that was longer than allowed. */
  #dropping = false;
  /** The last events. */
  readonly #recent: RecentRanges;
  /** Where literals are, up to the end of what has been cut, and how many of them have been passed. */
  #hits: readonly number[] = [];
  #passed = 0;

  constructor(options: CutterOptions) {
    this.#options = options;
    this.#recent = new RecentRanges(options.context);
    this.#window = Buffer.allocUnsafe(1024 * 1024);
  }

  /** Takes in the next bytes; the chunk is copied. */
  push(chunk: Buffer): void {
    this.#append(chunk);
    const end = this.#window.subarray(0, this.#filled).lastIndexOf(newline) + 1;
    if (end > this.#at) this.#cut(end);
    this.#boundLine();
  }

  /** The input has ended: what is left is the last event. */
  end(): void {
    this.#findHits(this.#filled);
    if (this.#at < this.#filled && !this.#dropping) this.#line(this.#at, this.#filled);
    this.#release();
  }

  /** Cuts the complete lines in front of `limit`. */
  #cut(limit: number): void {
    const bytes = this.#window;
    this.#findHits(limit);
    while (this.#at < limit) {
      const end = bytes.indexOf(newline, this.#at);
      if (this.#dropping) this.#dropping = false;
      else this.#line(this.#at, end > this.#at && bytes[end - 1] === carriageReturn ? end - 1 : end);
      this.#at = end + 1;
    }
  }

  #line(start: number, end: number): void {
    this.#lines += 1;
    const bounded = Math.min(end, start + this.#options.maxLineBytes);
    const eventStart = this.#heldStart === -1 ? start : this.#heldStart;
    if (this.#options.joins(this.#window, start, bounded, eventStart) && this.#heldStart !== -1) {
      if (bounded > start) this.#heldEnd = bounded;
      return;
    }
    this.#release();
    this.#heldStart = start;
    this.#heldEnd = bounded;
    this.#heldLine = this.#lines;
    this.#heldOffset = this.#windowOffset + start;
  }

  /** The held event is complete. */
  #release(): void {
    const start = this.#heldStart;
    const end = this.#heldEnd;
    this.#heldStart = -1;
    if (start === -1 || end <= start) return;
    const { take } = this.#options;
    if (this.#mayMatter(start, end)) {
      const recent = this.#recent;
      const bytes = this.#window;
      take({
        bytes,
        start,
        end,
        offset: this.#heldOffset,
        line: this.#heldLine,
        before: () => recent.texts(bytes),
      });
    }
    this.#recent.add(start, end);
  }

  /** True where the event contains a literal, or there is no gate that would know. */
  #mayMatter(start: number, end: number): boolean {
    if (this.#options.gate === undefined) return true;
    while ((this.#hits[this.#passed] ?? start) < start) this.#passed += 1;
    return (this.#hits[this.#passed] ?? end) < end;
  }

  #findHits(limit: number): void {
    this.#hits = this.#options.gate?.places(this.#window, this.#firstUnpassed, limit) ?? [];
    this.#passed = 0;
  }

  /** A line that does not end: its beginning is kept and the rest dropped, or memory would have no bound. */
  #boundLine(): void {
    if (this.#dropping) {
      this.#dropRest();
      return;
    }
    const length = this.#filled - this.#at;
    if (length <= this.#options.maxLineBytes) return;
    const end = this.#at + this.#options.maxLineBytes;
    this.#findHits(end);
    this.#line(this.#at, end);
    this.#dropping = true;
    this.#at = end;
    this.#dropRest();
  }

  /** Takes what has not been cut out of the window, which would grow with the line otherwise. */
  #dropRest(): void {
    this.#windowOffset += this.#filled - this.#at;
    this.#filled = this.#at;
  }

  #append(chunk: Buffer): void {
    const keep = this.#keepFrom();
    const kept = this.#filled - keep;
    if (kept + chunk.length > this.#window.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#window.length, kept + chunk.length));
      this.#window.copy(larger, 0, keep, this.#filled);
      this.#window = larger;
    } else this.#window.copy(this.#window, 0, keep, this.#filled);
    chunk.copy(this.#window, kept);
    this.#filled = kept + chunk.length;
    this.#windowOffset += keep;
    this.#at -= keep;
    if (this.#heldStart !== -1) {
      this.#heldStart -= keep;
      this.#heldEnd -= keep;
    }
    this.#recent.shift(keep);
  }

  get #firstUnpassed(): number {
    return this.#heldStart === -1 ? this.#at : this.#heldStart;
  }

  /** First byte of the window that is still needed. */
  #keepFrom(): number {
    const needed = this.#firstUnpassed;
    for (;;) {
      const { start } = this.#recent;
      if (start === undefined) return needed;
      if (needed - start <= maxContextBytes) return start;
      this.#recent.dropOldest();
    }
  }
}
