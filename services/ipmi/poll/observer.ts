import type { Inspection } from '../inspect.ts';

/** Told of what the stage does. Must not throw. */
export interface PollObserver {
  started(poll: { readonly server: string; readonly lateMs: number }): void;
  /** What it found is published next. `failures`: polls in a row that failed, this one included. */
  ended(inspection: Inspection, failures: number): void;
  /** Once a second: polls under way, and for how long the one that is longest overdue has waited, in milliseconds. */
  measured(state: { readonly running: number; readonly overdueMs: number }): void;
  /** The list has changed: the names on it. */
  listed(servers: ReadonlySet<string>): void;
  /** A record of `positions` cannot be read: the server's SEL is read from its beginning. */
  unreadable(server: string, why: string): void;
}
