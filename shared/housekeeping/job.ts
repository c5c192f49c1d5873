import type { Config } from '#shared/config/index.ts';

/** What a run came to. */
export interface JobResult {
  readonly ok: boolean;
  /** What was done or is wrong, one thing a line, the worst first; text for people. */
  readonly lines: readonly string[];
}

/** When a job runs: once a day by the clock of a zone (a missed time is made up for once), or so many minutes after it began last. */
export type Schedule = { readonly at: string; readonly timeZone: string } | { readonly everyMinutes: number };

/** Something that the service housekeeping does now and then, in one process of the installation at a time. */
export interface Job {
  /** `nightly`, `drill`: part of metrics, of what is kept of it, and of the audit log's `housekeeping.<name>`. */
  readonly name: string;
  readonly schedule: Schedule;
  /** Of the operator's card where a run was not ok. */
  readonly trouble: Readonly<Record<Config['language'], string>>;
  /** Whether each run is entered into the audit log; one that runs every few minutes better is not. */
  readonly isAudited: boolean;
  /** Reports failure as a value; what it throws counts as one. Ends soon once the signal is aborted, and its result is not kept then. */
  run(signal: AbortSignal): Promise<JobResult>;
}
