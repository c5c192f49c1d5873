import { describe, expect, it } from 'vitest';
import { pauseAfter } from './backoff.ts';
import { type Pace, paceAfter, timeoutFor } from './pace.ts';

const common = { failures: 0, maxRetries: 2, wholeMs: 60_000 };

function paceOf(...tookMs: number[]): Pace | undefined {
  return tookMs.reduce<Pace | undefined>((pace, took) => paceAfter(pace, took), undefined);
}

describe('how long a poll is waited for', () => {
  it('is the whole time at first', () => {
    expect(timeoutFor(undefined, common)).toBe(60_000);
  });

  it('is 5 s above the mean where polls take as long as ever, and more where they vary', () => {
    const steady = paceOf(...Array.from({ length: 100 }, () => 2000));
    expect(timeoutFor(steady, common)).toBeCloseTo(7000, -2);
    const restless = paceOf(...Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? 2000 : 12_000)));
    expect(timeoutFor(restless, common)).toBeGreaterThan(24_000);
    expect(timeoutFor(restless, { ...common, wholeMs: 20_000 })).toBe(20_000);
  });

  it('is doubled by each failure, and whole before a server would be told to be unreachable', () => {
    const pace = paceOf(...Array.from({ length: 100 }, () => 1000));
    expect(timeoutFor(pace, { ...common, failures: 1 })).toBeCloseTo(12_000, -2);
    expect(timeoutFor(pace, { ...common, failures: 2 })).toBe(60_000);
    expect(timeoutFor(pace, { ...common, maxRetries: 0 })).toBe(60_000);
  });
});

describe('the pause after a failure', () => {
  const options = { intervalMs: 30_000, maxMs: 600_000, maxRetries: 0 };

  it('is nowhere below the interval or above the bound, whatever the failures', () => {
    for (const failures of [1, 2, 5, 31, 1000, 1_000_000])
      for (const random of [0, 0.5, 0.999_999]) {
        const pause = pauseAfter(failures, { ...options, random: () => random });
        expect(pause).toBeGreaterThanOrEqual(30_000);
        expect(pause).toBeLessThanOrEqual(600_000);
      }
  });

  it('is the interval where that is above the bound', () => {
    expect(pauseAfter(9, { ...options, intervalMs: 3_600_000, random: () => 0.9 })).toBe(3_600_000);
  });
});
