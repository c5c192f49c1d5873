import type { SelFill, SelLogState, Severity } from '#shared/model/index.ts';
import type { SelInfo } from '../inspection.ts';

/** From how much on a log is told to fill up and to be almost full; and how far below that it must be to have room again, in percent. */
const fillingPercent = 80;
const almostFullPercent = 95;
const slackPercent = 5;

const order: readonly SelFill[] = ['room', 'filling', 'almost-full', 'overflow'];

/**
 * How full the log is. It counts as less full than before only where that is plain, so that a log at the border does not
 * tremble. What a BMC does not say (its percentage) is not guessed: then only its overflow flag counts.
 */
export function fillOf(info: SelInfo, before: SelFill): SelFill {
  const now = fillAbove(info, 0);
  if (order.indexOf(now) >= order.indexOf(before)) return now;
  const atLeast = fillAbove(info, slackPercent);
  return order.indexOf(atLeast) >= order.indexOf(before) ? before : atLeast;
}

function fillAbove({ overflow, percentUsed = 0 }: SelInfo, slack: number): SelFill {
  if (overflow) return 'overflow';
  if (percentUsed >= almostFullPercent - slack) return 'almost-full';
  return percentUsed >= fillingPercent - slack ? 'filling' : 'room';
}

/** Whether that is news, and not a log that was full and is a little less so. */
export function isFillTold(now: SelFill, before: SelFill): boolean {
  return now !== before && (now === 'room' || order.indexOf(now) > order.indexOf(before));
}

/** How the shipper's own events are worded: as a BMC's sensor of type Event Logging Disabled (0x10) would, so that its rules hold. */
export const logStates: Readonly<
  Record<SelLogState, { words: string; isAsserted: boolean; severity: Severity }>
> = {
  cleared: { words: 'Log area reset/cleared', isAsserted: true, severity: 'info' },
  room: { words: 'Log almost full', isAsserted: false, severity: 'info' },
  filling: { words: 'Log almost full', isAsserted: true, severity: 'warning' },
  'almost-full': { words: 'Log almost full', isAsserted: true, severity: 'warning' },
  overflow: { words: 'Log full', isAsserted: true, severity: 'warning' },
};
