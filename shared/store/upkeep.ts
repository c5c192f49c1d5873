import type { DependencyHealth } from '#shared/bus/port.ts';

/** The parts of the nightly work, in their order. A store does those that it has. */
export const upkeepSteps = [
  'integrity',
  'checkpoint',
  'force-merge',
  'retention',
  'snapshot',
  'restore-probe',
  'disk',
] as const;
export type UpkeepStepName = (typeof upkeepSteps)[number];

/** What a step came to. `trouble`: somebody has to look at it. */
export interface StepReport {
  readonly step: UpkeepStepName;
  readonly outcome: 'done' | 'nothing' | 'trouble';
  /** What was done, or would be on a dry run, or is wrong; one thing a line. */
  readonly lines: readonly string[];
}

export interface StepOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Only say what would be done. */
  readonly dryRun: boolean;
  /** Ends the step soon: its reason is thrown. */
  readonly signal: AbortSignal;
}

/** Looks after a store: what nobody else does and no query waits for. */
export interface Upkeep {
  /** The steps that this store has, in their order. */
  readonly steps: readonly UpkeepStepName[];
  /** @throws LogpatrolError `unreachable` where the store does not answer */
  run(step: UpkeepStepName, options: StepOptions): Promise<StepReport>;
  /** How snapshots and disks are, without changing anything. */
  examine(now: number): Promise<DependencyHealth[]>;
  close(): Promise<void>;
}
