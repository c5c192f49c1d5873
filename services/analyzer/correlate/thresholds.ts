import type { Threshold } from '#shared/model/index.ts';
import type { Part } from './parts.ts';

/** Which key reached its threshold first, and the start of the window in which it did, exclusive, in ms since the epoch. */
export interface Reached {
  readonly key: string;
  readonly after: number;
}

/**
 * The earliest moment of event time at which some key had as many lines within the window as the threshold wants. So it does not
 * matter how the lines were cut into signals.
 *
 * @param parts oldest first
 */
export function reached(parts: readonly Part[], { count, windowMs }: Threshold): Reached | undefined {
  const windows = new Map<string, { at: number; count: number }[]>();
  const sums = new Map<string, number>();
  for (const { at, keys = [] } of parts) {
    for (const one of keys) {
      const window = windows.get(one.key) ?? [];
      windows.set(one.key, window);
      let sum = (sums.get(one.key) ?? 0) + one.count;
      window.push({ at, count: one.count });
      for (let [oldest] = window; oldest && oldest.at <= at - windowMs; [oldest] = window) {
        sum -= oldest.count;
        window.shift();
      }
      sums.set(one.key, sum);
      if (sum >= count) return { key: one.key, after: at - windowMs };
    }
  }
  return undefined;
}

/**
 * What can still matter: of each key the newest of its lines and what is up to two windows older, so that lines which come late
 * meet those of their own window; and nothing that arrived more than two windows before the newest.
 *
 * @param parts oldest first
 */
export function withoutExpired(parts: readonly Part[], { windowMs }: Threshold): Part[] {
  const newest = new Map<string, number>();
  let arrivedAt = Number.NEGATIVE_INFINITY;
  for (const part of parts) {
    arrivedAt = Math.max(arrivedAt, part.arrivedAt);
    for (const { key } of part.keys ?? []) newest.set(key, part.at);
  }
  const span = 2 * windowMs;
  return parts.flatMap((part) => {
    if (part.arrivedAt < arrivedAt - span) return [];
    const { keys } = part;
    if (keys === undefined) return [part];
    const kept = keys.filter(({ key }) => part.at > (newest.get(key) ?? part.at) - span);
    if (kept.length === keys.length) return [part];
    if (kept.length === 0) return [];
    return [{ ...part, keys: kept, count: kept.reduce((sum, { count }) => sum + count, 0) }];
  });
}
