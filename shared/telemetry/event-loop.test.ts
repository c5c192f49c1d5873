import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchEventLoop } from './event-loop.ts';

let now = 0;
beforeEach(() => {
  now = 0;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

/** Time passes with the timers running, as in a healthy process. */
function pass(ms: number): void {
  for (const end = now + ms; now < end; ) {
    now += 500;
    vi.advanceTimersByTime(500);
  }
}

it('remembers the longest standstill for a minute', () => {
  const watch = watchEventLoop(() => now);
  pass(5000);
  expect(watch.longestMs()).toBeLessThanOrEqual(500);
  // The clock goes on while no timer fires.
  now += 20_000;
  expect(watch.longestMs()).toBeGreaterThanOrEqual(19_500);
  pass(30_000);
  expect(watch.longestMs()).toBeGreaterThanOrEqual(19_500);
  pass(31_000);
  expect(watch.longestMs()).toBeLessThanOrEqual(500);
  watch.stop();
});
