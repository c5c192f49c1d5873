import type { Entry } from './entry.ts';

/** Of the slots, those that doubtful BMCs get whatever the others need: one in so many. */
const doubtfulShare = 16;

/** What the beat of the others is expected to take, and some more, since times vary. */
const headroom = 1.1;

export interface RoomOptions {
  readonly concurrency: number;
  /** How long polls usually take, and first polls: a BMC of which nothing is known is expected to be like the others. Infinity: that is not known. */
  readonly usualMs: number;
  readonly usualFirstMs: number;
  readonly now: number;
}

/**
 * Says for each doubtful BMC (new, or it did not answer the last time) whether its poll may start without making those wait that
 * answer. Polls cannot be interrupted, so it looks ahead for as long as a poll can take: the time of all slots in that window, less
 * what the polls of the others will need in it and what doubtful ones under way may still take. A sixteenth of the slots
 * is kept for them whatever the others need, so that neither starves the other.
 */
export class Room {
  readonly #share: number;
  readonly #usualFirstMs: number;
  #underWay = 0;
  #leftMs: number;

  constructor(entries: Iterable<Entry>, options: RoomOptions) {
    const { concurrency, usualMs, usualFirstMs, now } = options;
    this.#share = Math.max(1, Math.floor(concurrency / doubtfulShare));
    this.#usualFirstMs = usualFirstMs;
    const all = [...entries];
    let windowMs = 0;
    for (const { isProven, bmc } of all)
      if (!isProven) windowMs = Math.max(windowMs, bmc.timeoutSeconds * 1000);
    const until = now + windowMs;
    this.#leftMs = concurrency * windowMs;
    for (const entry of all) {
      const { isProven, pace, dueAt, startedAt } = entry;
      if (isProven) {
        const begin = startedAt ?? Math.max(dueAt, now);
        const end = Math.min(begin + (pace?.meanMs ?? usualMs), until);
        this.#leftMs -= headroom * Math.max(0, end - Math.max(begin, now));
      } else if (startedAt !== undefined) {
        this.#underWay += 1;
        const latest = startedAt + entry.timeoutMs;
        const usual = startedAt + this.#expectedMs(entry);
        this.#leftMs -= Math.max(0, (usual > now ? usual : latest) - now);
      }
    }
  }

  /** Slots that are to be left to doubtful ones now. */
  get kept(): number {
    return Math.max(0, this.#share - this.#underWay);
  }

  /** Takes the place of one more, where there is one. */
  take(entry: Entry, timeoutMs: number): boolean {
    const needed = Math.min(timeoutMs, this.#expectedMs(entry));
    if (this.kept === 0 && needed > this.#leftMs) return false;
    this.#underWay += 1;
    this.#leftMs -= needed;
    return true;
  }

  #expectedMs({ failures, bmc }: Entry): number {
    const wholeMs = bmc.timeoutSeconds * 1000;
    return failures === 0 ? Math.min(this.#usualFirstMs, wholeMs) : wholeMs;
  }
}
