import { describe, expect, it } from 'vitest';
import { isDue, lastTimeAt } from './due.ts';
import type { JobState } from './job-state.ts';

const at = (text: string): number => Date.parse(text);
const nightly = { at: '02:00', timeZone: 'Asia/Shanghai' };
const state = (changes: Partial<JobState>): JobState => ({
  job: 'nightly',
  since: at('2026-11-01T00:00:00Z'),
  attempts: 0,
  lines: [],
  ...changes,
});

describe('lastTimeAt', () => {
  it.each([
    ['2026-11-21T18:00:00Z', '02:00', 'Asia/Shanghai', '2026-11-21T18:00:00Z'],
    ['2026-11-21T17:59:59Z', '02:00', 'Asia/Shanghai', '2026-11-20T18:00:00Z'],
    // The hour from two to three does not exist on this day.
    ['2026-03-29T10:00:00Z', '02:30', 'Europe/Berlin', '2026-03-29T01:30:00Z'],
  ])('at %s, %s in %s was last at %s', (now, time, zone, expected) => {
    expect(new Date(lastTimeAt(at(now), time, zone)).toISOString()).toBe(new Date(expected).toISOString());
  });
});

describe('isDue, of a nightly job', () => {
  const now = at('2026-11-21T18:00:30Z');
  const yesterday = at('2026-11-20T18:00:00Z');
  const tonight = at('2026-11-21T18:00:00Z');
  it.each([
    ['it has never run', {}, true],
    ['it was added today', { since: tonight + 1 }, false],
    ['it ran yesterday', { startedAt: yesterday, endedAt: yesterday + 9, attempts: 1 }, true],
    ['it ran tonight', { startedAt: tonight, endedAt: tonight + 9, attempts: 1 }, false],
    ['its process died tonight', { startedAt: tonight, endedAt: yesterday, attempts: 1 }, true],
    ['its process died three times', { startedAt: tonight, endedAt: yesterday, attempts: 3 }, false],
  ])('%s: %o is %s', (_, changes, expected) => {
    expect(isDue(nightly, state(changes), now)).toBe(expected);
  });

  it('makes a missed night up for once, not once a night missed', () => {
    const weekLater = now + 7 * 24 * 60 * 60_000;
    const missed = state({ startedAt: yesterday, endedAt: yesterday, attempts: 1 });
    expect(isDue(nightly, missed, weekLater)).toBe(true);
    expect(isDue(nightly, { ...missed, startedAt: weekLater, endedAt: weekLater + 1 }, weekLater + 2)).toBe(
      false,
    );
  });
});

it('a job of every so many minutes is due so long after it began', () => {
  const schedule = { everyMinutes: 5 };
  const since = at('2026-11-21T00:00:00Z');
  expect(isDue(schedule, state({ since }), since + 299_999)).toBe(false);
  expect(isDue(schedule, state({ since }), since + 300_000)).toBe(true);
  expect(isDue(schedule, state({ since, startedAt: since + 300_000 }), since + 500_000)).toBe(false);
});
