import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { messageOf } from '#shared/errors/index.ts';
import type { Database } from './database.ts';
import type { Retention } from './retention.ts';

/**
 * Writers wait when this much of the limit is taken by records that somebody has yet to read. What is left is for the stages:
 * they must go on, since only their going on makes room.
 */
const writersWaitAbove = 0.9;

/** How long at most until a waiting writer looks again, in milliseconds. */
const lookAgainMs = 1000;

/** Whether there is room for more records, and waiting until there is. */
export class Room {
  readonly #database: Database;
  readonly #retention: Retention;
  readonly #logger: Logger;
  #waiting = 0;
  #change = Promise.withResolvers<void>();

  constructor(database: Database, retention: Retention, logger: Logger) {
    this.#database = database;
    this.#retention = retention;
    this.#logger = logger;
  }

  /** Whether writers wait at present. */
  get isFull(): boolean {
    return this.#waiting > 0;
  }

  /** To be called when something was written or read: there may be less room, or more. */
  changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
    if (!this.#retention.isShort) return;
    this.#retention.sweep().catch((error: unknown) => {
      this.#logger.warn(`retention: ${messageOf(error)}`); // it is tried again with the next change
    });
  }

  /** Waits until writers may go on. @throws the signal's reason */
  async wait(signal: AbortSignal): Promise<void> {
    if (!this.#isTaken()) return;
    await this.#retention.sweep();
    if (!this.#isTaken()) return;
    if (!this.isFull) {
      const megabytes = Math.round(this.#database.usedBytes / 1e6);
      this.#logger.warn(`the embedded bus is full (${megabytes} MB are yet to be read): writers wait`);
    }
    this.#waiting += 1;
    try {
      while (this.#isTaken()) {
        const pause = delay(lookAgainMs, undefined, { signal }).catch(() => {}); // aborted: the next line tells
        await Promise.race([this.#change.promise, pause]);
        signal.throwIfAborted();
        await this.#retention.sweep();
      }
    } finally {
      this.#waiting -= 1;
    }
    if (!this.isFull) this.#logger.info('the embedded bus has room again');
  }

  #isTaken(): boolean {
    return this.#database.usedBytes > this.#database.maxBytes * writersWaitAbove;
  }
}
