import type { History } from '../rates/index.ts';
import type { PastWindow } from './log-summary.ts';
import type { UsualKind } from './tally.ts';

/** What a learned history says is usual in a time of some length. */
export interface UsualLines {
  readonly lines: number;
  readonly kinds: readonly UsualKind[];
  /** What was learned from; undefined where it knows nothing of the service. */
  readonly past: PastWindow | undefined;
}

/**
 * The usual number of lines of each kind by a history that `logpatrol learn` wrote: its lines spread over the time that it was
 * learned from.
 *
 * @param service absent: every service's
 * @param lengthMs of the time that is asked about
 */
export function usualByHistory(history: History, service: string | undefined, lengthMs: number): UsualLines {
  const baselines = history.kinds
    .map(({ baseline }) => baseline)
    .filter((baseline) => service === undefined || baseline.service === service);
  if (baselines.length === 0) return { lines: 0, kinds: [], past: undefined };
  const from = Math.min(...baselines.map(({ firstSeen }) => firstSeen));
  const to = Math.max(...baselines.map(({ lastSeen }) => lastSeen));
  const share = lengthMs / Math.max(lengthMs, to - from);
  const whole = baselines.filter(({ template }) => template === undefined);
  const total = whole.reduce((sum, baseline) => sum + baseline.total, 0);
  return {
    lines: total * share,
    kinds: baselines.flatMap(({ template, total: lines, severity }) =>
      template === undefined
        ? []
        : [{ text: template.text, count: lines * share, isError: severity !== 'info' }],
    ),
    past: { from: new Date(from).toISOString(), to: new Date(to).toISOString(), lines: total },
  };
}
