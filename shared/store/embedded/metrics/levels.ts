const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How readings are kept as they get older: each one as it was, then what they were in five minutes, then in an hour. */
export interface Level {
  readonly table: 'readings' | 'readings_5m' | 'readings_1h';
  /** Time that a row stands for, in milliseconds; 0 where it is one moment. */
  readonly stepMs: number;
  /** Age at which a row goes on to the next level, or goes, in milliseconds. */
  readonly keepMs: number;
}

/** The youngest first. Nothing outlives `keepMs`. */
export function levelsFor(keepMs: number): readonly [Level, Level, Level] {
  return [
    { table: 'readings', stepMs: 0, keepMs: Math.min(2 * day, keepMs) },
    { table: 'readings_5m', stepMs: 5 * minute, keepMs: Math.min(7 * day, keepMs) },
    { table: 'readings_1h', stepMs: hour, keepMs },
  ];
}

/** Statuses older than this are thinned to one an hour and kind. */
export const statusesWholeMs = 2 * day;
export const statusStepMs = hour;
