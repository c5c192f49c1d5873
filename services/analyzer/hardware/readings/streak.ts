import { z } from 'zod';
import type { Reading, Severity } from '#shared/model/index.ts';
import type { Policy } from './rules.ts';
import type { Crossed } from './text.ts';

/** A reading is well clear of a limit when it is so large a part of the limit away from it: what swings about it stays a finding. */
const clearance = 0.02;

/** How often in a row a sensor has been beyond its limits, and since when (milliseconds since the epoch). */
export const Streak = z.object({
  bad: z.number().int(),
  badSince: z.number().int(),
  critical: z.number().int(),
  criticalSince: z.number().int(),
  /** Warnings since the last that was critical. */
  mild: z.number().int(),
  ok: z.number().int(),
});
export type Streak = z.infer<typeof Streak>;

export const noStreak: Streak = { bad: 0, badSince: 0, critical: 0, criticalSince: 0, mild: 0, ok: 0 };

/**
 * The streak after a further reading. What reads nothing neither fails nor heals, and leaves it as it is. Readings that are just within
 * the limit that was crossed count half, so that it takes twice as many of them to end a finding.
 */
export function after(
  streak: Streak,
  { status, value }: Pick<Reading, 'status' | 'value'>,
  at: number,
  crossed: Crossed | undefined,
): Streak {
  switch (status) {
    case 'unknown':
    case 'absent':
      return streak;
    case 'ok':
      return { ...noStreak, ok: Math.min(1000, streak.ok + (isWellClear(value, crossed) ? 2 : 1)) };
    case 'warning':
    case 'critical': {
      const isCritical = status === 'critical';
      return {
        ok: 0,
        bad: streak.bad + 1,
        badSince: streak.bad === 0 ? at : streak.badSince,
        critical: isCritical ? streak.critical + 1 : 0,
        criticalSince: isCritical && streak.critical > 0 ? streak.criticalSince : at,
        mild: isCritical ? 0 : streak.mild + 1,
      };
    }
  }
}

function isWellClear(value: number | undefined, crossed: Crossed | undefined): boolean {
  if (value === undefined || crossed === undefined) return true;
  const margin = clearance * Math.abs(crossed.limit);
  return crossed.side === 'above' ? value <= crossed.limit - margin : value >= crossed.limit + margin;
}

/**
 * What follows: the severity of the finding that there is now, `clear` where it is over, undefined where nothing changes.
 *
 * @param open severity of the finding that is open
 */
export function verdict(
  streak: Streak,
  policy: Pick<Policy, 'polls' | 'sustainMs' | 'criticalAtOnce'>,
  at: number,
  open: Severity | undefined,
): 'warning' | 'critical' | 'clear' | undefined {
  const { polls, sustainMs, criticalAtOnce } = policy;
  if (streak.ok > 0) return open !== undefined && streak.ok >= 2 * polls ? 'clear' : undefined;
  if (streak.bad === 0) return undefined;
  const lasts = (times: number, since: number) => times >= polls && at - since >= sustainMs;
  if (streak.critical > 0 && (criticalAtOnce || lasts(streak.critical, streak.criticalSince)))
    return 'critical';
  // It stays critical until it has been milder for as many readings as it takes to be well.
  if (open === 'critical' && streak.mild < 2 * polls) return 'critical';
  if (lasts(streak.bad, streak.badSince)) return 'warning';
  return open === undefined ? undefined : 'warning';
}
