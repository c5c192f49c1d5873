import type { Finding } from '#shared/model/index.ts';

/** What a finding says of its service, as the dashboards show it. */
interface Health {
  readonly 'health.state': 'available' | 'warning' | 'failed';
  /** 0, 1 and 2 of the same, so that the greatest of several is the worst. */
  readonly 'health.level': 0 | 1 | 2;
}

/**
 * A finding that goes on makes its service fail where it is critical and warns where it is a warning. One that is resolved, of
 * information only, of old lines, as frequent in good times, or no problem by what people said, leaves it available. A silenced
 * one still counts: that nobody is told does not mend it.
 */
export function healthOf(finding: Finding): Health {
  const { state, severity, old, knownGood, muted } = finding;
  const counts = state !== 'resolved' && !old && knownGood !== true && muted?.kind !== 'feedback';
  if (counts && severity === 'critical') return { 'health.state': 'failed', 'health.level': 2 };
  if (counts && severity === 'warning') return { 'health.state': 'warning', 'health.level': 1 };
  return { 'health.state': 'available', 'health.level': 0 };
}

/** In milliseconds. */
interface Timing {
  /** From the arrival of the first line on the bus to the first finding; of the first opening only. */
  readonly 'timing.detect_ms'?: number;
  /** From there, or of a reopened one from its first finding since, until somebody took it on, and until it was over. */
  readonly 'timing.acknowledge_ms'?: number;
  readonly 'timing.resolve_ms'?: number;
}

/** How long things took. Of old lines nothing is told: nobody was there to see them. */
export function timingOf(finding: Finding): Timing {
  const { old, openings, arrivedAt, detectedAt, acknowledged, resolvedAt } = finding;
  if (old) return {};
  const isFirst = openings === 1;
  const from = isFirst ? arrivedAt : detectedAt;
  const until = (moment: string | undefined): number | undefined =>
    from === undefined || moment === undefined
      ? undefined
      : Math.max(0, Date.parse(moment) - Date.parse(from));
  const detect = isFirst ? until(detectedAt) : undefined;
  const acknowledge = until(acknowledged?.at);
  const resolve = until(resolvedAt);
  return {
    ...(detect !== undefined && { 'timing.detect_ms': detect }),
    ...(acknowledge !== undefined && { 'timing.acknowledge_ms': acknowledge }),
    ...(resolve !== undefined && { 'timing.resolve_ms': resolve }),
  };
}
