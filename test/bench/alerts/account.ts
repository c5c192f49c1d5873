import type { Severity } from '#shared/model/index.ts';
import type { Stretch } from './outages.ts';

/** A finding that was put on the bus, and when, in milliseconds since the epoch. */
export interface Put {
  readonly id: string;
  readonly severity: Severity;
  readonly at: number;
}

/**
 * The longest that a finding waited in one go while the far side was up: each outage lets it begin anew.
 *
 * @param outages in order of time
 * @param told when it was told, in milliseconds since the epoch
 */
export function waitedMs(put: number, told: number, outages: readonly Stretch[]): number {
  let longest = 0;
  let upSince = put;
  for (const { from, to } of outages) {
    if (to <= upSince || from >= told) continue;
    longest = Math.max(longest, from - upSince);
    upSince = to;
  }
  return Math.max(longest, told - upSince);
}

/** The most times within any stretch of `ms`, its end not counted. */
export function mostWithin(ms: number, times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, time] of sorted.entries()) {
    while ((sorted[first] ?? time) <= time - ms) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** A reading of memory. */
export interface Reading {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly bytes: number;
}

/** How fast it grows, in bytes a minute: the straight line that fits the readings best (least squares). */
export function growth(readings: readonly Reading[]): number {
  const count = readings.length;
  const meanAt = readings.reduce((sum, { at }) => sum + at, 0) / count;
  const meanBytes = readings.reduce((sum, { bytes }) => sum + bytes, 0) / count;
  let above = 0;
  let below = 0;
  for (const { at, bytes } of readings) {
    above += (at - meanAt) * (bytes - meanBytes);
    below += (at - meanAt) ** 2;
  }
  return below === 0 ? 0 : (60_000 * above) / below;
}
