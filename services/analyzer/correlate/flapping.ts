import type { Config } from '#shared/config/index.ts';

const minute = 60_000;

/** When an incident was reopened lately, and whether that is so often that it is flapping. */
export interface Reopenings {
  /** Event times of the last few, oldest first, in milliseconds since the epoch. */
  readonly moments: readonly number[];
  readonly isFlapping: boolean;
}

/** A further reopening: flapping is more of them than are allowed, this one included, within the configured time. */
export function reopenedAgain(
  before: readonly number[],
  at: number,
  { openings, withinMinutes }: Config['incidents']['flapping'],
): Reopenings {
  const moments = [...before, at].slice(-(openings + 1));
  const [oldest = at] = moments;
  return {
    moments,
    isFlapping: moments.length > openings && Math.abs(at - oldest) <= withinMinutes * minute,
  };
}

/** How long an incident must be quiet before it is over, in milliseconds: one that is flapping, for all of that time. */
export function quietFor(
  isFlapping: boolean,
  { quietMinutes, flapping }: Pick<Config['incidents'], 'quietMinutes' | 'flapping'>,
): number {
  return minute * (isFlapping ? Math.max(quietMinutes, flapping.withinMinutes) : quietMinutes);
}
