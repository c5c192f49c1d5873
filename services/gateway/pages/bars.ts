import type { Series } from '#shared/model/index.ts';

/** Heights of the bars of a series, 0 to 100; what is not nothing is seen. */
export function barsOf({ counts }: Series): number[] {
  const highest = Math.max(...counts, 1);
  return counts.map((count) => (count === 0 ? 0 : Math.max(4, Math.round((100 * count) / highest))));
}
