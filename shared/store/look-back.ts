import type { MetricFilter } from './metrics-port.ts';

/** How far back the newest of something is looked for where nothing is said of it; a BMC may be polled but once a day. */
const lookBackMs = 2 * 24 * 60 * 60 * 1000;

/** From when on the newest readings and statuses are looked for, in milliseconds since the epoch. */
export function sinceOf({ from, to }: Pick<MetricFilter, 'from' | 'to'>): number {
  return from ?? (to ?? Date.now()) - lookBackMs;
}
