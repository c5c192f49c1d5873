import type { Bmc } from '../inspection.ts';
import type { Pace } from './pace.ts';

/** A server as the schedule knows it. Times are in milliseconds of the schedule's clock. */
export interface Entry {
  bmc: Bmc;
  /** When the next poll is due; while one is under way, when that one was. */
  dueAt: number;
  /** Of the poll under way: when it started, and how long it is waited for. */
  startedAt: number | undefined;
  timeoutMs: number;
  /** Polls in a row that failed. */
  failures: number;
  /** Of the polls after the first that was answered: in that one much is read that does not change. */
  pace: Pace | undefined;
  hasAnswered: boolean;
  /** Whether it answered the last time. */
  isProven: boolean;
  /** Not on the list any more; it is here until its poll has ended. */
  isGone: boolean;
}

export function newEntry(bmc: Bmc, dueAt: number): Entry {
  return {
    bmc,
    dueAt,
    startedAt: undefined,
    timeoutMs: 0,
    failures: 0,
    pace: undefined,
    hasAnswered: false,
    isProven: false,
    isGone: false,
  };
}
