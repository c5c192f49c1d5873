import type { Session } from '../inspection.ts';
import { selTime } from './commands.ts';
import { statedTime } from './record.ts';

/** The BMC's clock against ours. */
export interface BmcClock {
  /** Its clock minus ours in milliseconds, 0 where that is below 2 s; undefined where it states no time of day. */
  readonly offsetMs: number | undefined;
  /** Where its clock is not set: seconds since it started. */
  readonly uptimeSeconds: number | undefined;
  /** Whether its times of day can be believed to be each a different one. */
  readonly isTrusted: boolean;
}

/** A clock that is closer than that is right: it is told in whole seconds, and read over a network. */
export const toleranceMs = 2000;

/**
 * A clock further off was never set: such a BMC starts at the same date each time, so its times come again.
 */
const unsetMs = 30 * 24 * 60 * 60 * 1000;

/**
 * Measures the offset of the BMC's clock: halfway between question and answer (as NTP does, RFC 5905), and in the middle of
 * the second that it states. An offset within 2 s of the one before stays that one, so that times do not tremble.
 *
 * @param previousMs as it was measured before
 */
export async function readClock(
  session: Session,
  clock: () => number,
  previousMs: number | undefined,
): Promise<BmcClock & { readonly why?: string }> {
  const asked = clock();
  const answer = await selTime(session);
  const answered = clock();
  const silent = { offsetMs: undefined, uptimeSeconds: undefined, isTrusted: false };
  if (answer.kind === 'refused') return { ...silent, why: answer.why };
  if (answer.seconds === undefined) return silent;
  if (statedTime(answer.seconds).kind === 'preinit') return { ...silent, uptimeSeconds: answer.seconds };
  const measured = Math.round((answer.seconds + 0.5) * 1000 - (asked + answered) / 2);
  const isAsBefore = previousMs !== undefined && Math.abs(measured - previousMs) < toleranceMs;
  const offsetMs = isAsBefore ? previousMs : Math.abs(measured) < toleranceMs ? 0 : measured;
  return { offsetMs, uptimeSeconds: undefined, isTrusted: Math.abs(offsetMs) < unsetMs };
}
