import { describe, expect, it } from 'vitest';
import { SliceCounts, sliceWidth } from './slices.ts';

describe('SliceCounts', () => {
  it('counts in tenths of the window, by key', () => {
    const counts = new SliceCounts({ count: 5, windowMs: 60_000 });
    for (const [time, key] of [
      [60_000, 'a'],
      [65_999, 'a'],
      [66_000, 'a'],
      [60_001, 'b'],
    ] as const)
      counts.add(time, key);
    expect(counts.list()).toEqual([
      { at: 60_000, key: 'a', count: 2 },
      { at: 66_000, key: 'a', count: 1 },
      { at: 60_000, key: 'b', count: 1 },
    ]);
    expect(counts.size).toBe(3);
  });

  it('has no slice shorter than a tenth of a second', () => {
    expect(sliceWidth(1000)).toBe(100);
    expect(sliceWidth(500)).toBe(100);
    expect(sliceWidth(3_600_000)).toBe(360_000);
  });
});
