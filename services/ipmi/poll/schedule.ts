import type { Bmc } from '../inspection.ts';
import { pauseAfter } from './backoff.ts';
import { type Entry, newEntry } from './entry.ts';
import { type Pace, paceAfter, timeoutFor } from './pace.ts';
import { Room } from './room.ts';
import { isSameAccess } from './same-access.ts';
import { Spread } from './spread.ts';

/** A poll that is to start now. */
export interface DuePoll {
  readonly bmc: Bmc;
  readonly timeoutMs: number;
  /** How much later it starts than it was due, in milliseconds. */
  readonly lateMs: number;
}

/** How a poll ended. `void`: it was ended before it could tell anything. `unable`: the BMC could not even be asked, and is not to blame. */
export type PollEnd = 'answered' | 'failed' | 'void' | 'unable';

export interface ScheduleOptions {
  /** Polls at once. */
  readonly concurrency: number;
  readonly backoffMaxMs: number;
  /** From 0 (inclusive) to 1. */
  readonly random: () => number;
}

/** A poll that took longer than its interval is followed by a rest, this part of the interval. */
const rest = 0.1;

/**
 * Which BMCs are polled when: at most `concurrency` at once, one poll a BMC, the longest overdue first. Those that answered the
 * last time keep a regular beat and go before those that are new or did not answer, which get what that beat leaves free
 * (`Room`). All times are in milliseconds of the clock that the caller reads.
 */
export class Schedule {
  readonly #options: ScheduleOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #spread = new Spread();
  /** Of the polls of all servers, and of their first ones. */
  #usual: Pace | undefined;
  #usualFirst: Pace | undefined;
  #running = 0;

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  /** Polls under way. */
  get running(): number {
    return this.#running;
  }

  /**
   * Takes in the list as it is now. New servers are spread over their interval, each at the same place in it as in another process
   * with the same list; one whose address or access has changed is due at once.
   *
   * @returns names of servers whose poll under way is to be ended
   */
  update(servers: readonly Bmc[], now: number): string[] {
    const toEnd: string[] = [];
    const names = new Set<string>();
    for (const bmc of servers) {
      names.add(bmc.name);
      const entry = this.#entries.get(bmc.name);
      if (entry === undefined) {
        this.#entries.set(bmc.name, newEntry(bmc, this.#firstDue(bmc, now)));
        continue;
      }
      if (entry.isGone || !isSameAccess(entry.bmc, bmc)) {
        if (entry.startedAt !== undefined && !entry.isGone) toEnd.push(bmc.name);
        const { startedAt, timeoutMs } = entry;
        this.#entries.set(bmc.name, { ...newEntry(bmc, now), startedAt, timeoutMs });
        continue;
      }
      if (entry.startedAt === undefined && entry.isProven)
        entry.dueAt = Math.min(entry.dueAt, now + bmc.intervalSeconds * 1000);
      entry.bmc = bmc;
    }
    for (const [name, entry] of this.#entries) {
      if (names.has(name) || entry.isGone) continue;
      if (entry.startedAt === undefined) this.#entries.delete(name);
      else {
        entry.isGone = true;
        toEnd.push(name);
      }
    }
    return toEnd;
  }

  /** The polls to start now; they count as under way until `end`. */
  start(now: number): DuePoll[] {
    const { concurrency } = this.#options;
    if (this.#running >= concurrency) return [];
    const regular: Entry[] = [];
    const doubtful: Entry[] = [];
    for (const entry of this.#entries.values())
      if (entry.startedAt === undefined && entry.dueAt <= now)
        (entry.isProven ? regular : doubtful).push(entry);
    regular.sort((one, other) => one.dueAt - other.dueAt);
    if (doubtful.length === 0)
      return regular.slice(0, concurrency - this.#running).map((entry) => this.#begin(entry, now));
    const usualFirstMs = this.#usualFirst?.meanMs ?? Number.POSITIVE_INFINITY;
    const usualMs = this.#usual?.meanMs ?? usualFirstMs;
    const room = new Room(this.#entries.values(), { concurrency, usualMs, usualFirstMs, now });
    const kept = Math.min(room.kept, doubtful.length);
    const polls = regular
      .slice(0, Math.max(0, concurrency - this.#running - kept))
      .map((entry) => this.#begin(entry, now));
    doubtful.sort(
      (one, other) => Number(one.failures > 0) - Number(other.failures > 0) || one.dueAt - other.dueAt,
    );
    for (const entry of doubtful) {
      if (this.#running >= concurrency || !room.take(entry, timeoutOf(entry))) break;
      polls.push(this.#begin(entry, now));
    }
    return polls;
  }

  /** Takes note of a poll's end. @returns polls in a row that failed; 0 where the server is not on the list any more */
  end(name: string, how: PollEnd, now: number): number {
    const entry = this.#entries.get(name);
    if (entry?.startedAt === undefined) return 0;
    const { bmc, startedAt, dueAt } = entry;
    entry.startedAt = undefined;
    this.#running -= 1;
    if (entry.isGone) {
      this.#entries.delete(name);
      return 0;
    }
    const intervalMs = bmc.intervalSeconds * 1000;
    const tookMs = now - startedAt;
    if (how === 'void' || how === 'unable') {
      entry.dueAt = how === 'void' ? now : now + intervalMs;
      return entry.failures;
    }
    if (!entry.hasAnswered && entry.failures === 0) this.#usualFirst = paceAfter(this.#usualFirst, tookMs);
    if (how === 'answered') {
      if (entry.hasAnswered) {
        entry.pace = paceAfter(entry.pace, tookMs);
        this.#usual = paceAfter(this.#usual, tookMs);
      }
      entry.hasAnswered = true;
      entry.failures = 0;
      entry.isProven = true;
      entry.dueAt = Math.max(dueAt + intervalMs, now + rest * intervalMs);
      return 0;
    }
    entry.failures += 1;
    entry.isProven = false;
    const { backoffMaxMs: maxMs, random } = this.#options;
    const pauseMs = pauseAfter(entry.failures, { intervalMs, maxMs, maxRetries: bmc.maxRetries, random });
    entry.dueAt = Math.max(startedAt + pauseMs, now + rest * intervalMs);
    return entry.failures;
  }

  /** How long the server that is longest overdue has waited. */
  overdueMs(now: number): number {
    let longest = 0;
    for (const { startedAt, dueAt } of this.#entries.values())
      if (startedAt === undefined) longest = Math.max(longest, now - dueAt);
    return longest;
  }

  #begin(entry: Entry, now: number): DuePoll {
    this.#running += 1;
    const timeoutMs = timeoutOf(entry);
    Object.assign(entry, { startedAt: now, timeoutMs });
    return { bmc: entry.bmc, timeoutMs, lateMs: now - entry.dueAt };
  }

  #firstDue(bmc: Bmc, now: number): number {
    const intervalMs = bmc.intervalSeconds * 1000;
    const place = this.#spread.next() * intervalMs;
    const since = (now - place) % intervalMs;
    return now + ((intervalMs - since) % intervalMs);
  }
}

function timeoutOf({ bmc, pace, failures }: Entry): number {
  const { maxRetries, timeoutSeconds } = bmc;
  return timeoutFor(pace, { failures, maxRetries, wholeMs: timeoutSeconds * 1000 });
}
