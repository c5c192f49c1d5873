import { describe, expect, it } from 'vitest';
import { Pacer } from './pacer.ts';

/** The times of `calls` calls, each begun as early as the pacer allows. */
function run(pacer: Pacer, calls: number, from = 0): number[] {
  const times: number[] = [];
  let now = from;
  for (let index = 0; index < calls; index++) {
    now = Math.max(now, pacer.nextAt(now));
    pacer.note(now);
    times.push(now);
  }
  return times;
}

/** The most calls that lie within any window of so many milliseconds. */
function most(times: readonly number[], ms: number): number {
  return Math.max(...times.map((start) => times.filter((time) => time >= start && time < start + ms).length));
}

describe('pacer', () => {
  it('never lets more pass than the limits in any second and any minute, and no fewer than it may', () => {
    const times = run(new Pacer(4, 90), 400);
    expect(most(times, 1000)).toBe(4);
    expect(most(times, 60_000)).toBe(90);
    expect(times.at(-1)).toBeLessThan(5 * 60_000);
  });

  it('spaces calls where there is less than one a second', () => {
    expect(run(new Pacer(0.5, 100), 3)).toEqual([0, 2000, 4000]);
  });

  it('holds nothing up without limits', () => {
    const pacer = new Pacer(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    expect(run(pacer, 10_000).at(-1)).toBe(0);
  });

  it('does not wait for a clock that was set back', () => {
    const pacer = new Pacer(1, 100);
    pacer.note(10_000_000);
    expect(pacer.nextAt(5_000_000)).toBe(5_001_000);
  });
});
