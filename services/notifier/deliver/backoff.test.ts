import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

describe('backoffMs', () => {
  it('doubles its ceiling up to 15 s, with full jitter', () => {
    expect([1, 2, 3, 5, 6, 60].map((failures) => backoffMs(failures, 0, 0.999_999))).toEqual([
      500, 1000, 2000, 8000, 15_000, 15_000,
    ]);
    expect(backoffMs(5, 0, 0)).toBe(0);
    expect(backoffMs(5, 0, 0.5)).toBe(4000);
  });

  it('never comes back before the far side wants it', () => {
    expect(backoffMs(1, 7000, 0)).toBe(7000);
    expect(backoffMs(6, 7000, 0.999_999)).toBe(15_000);
  });
});
