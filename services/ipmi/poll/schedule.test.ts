import { describe, expect, it } from 'vitest';
import type { Bmc } from '../inspection.ts';
import { Schedule } from './schedule.ts';
import { bmcs, Fleet } from './testing/fleet.ts';

const seconds = 1000;
const options = { concurrency: 4, backoffMaxMs: 600 * seconds, random: () => 0.5 };

function names(polls: readonly { readonly bmc: Bmc }[]): string[] {
  return polls.map(({ bmc }) => bmc.name);
}

describe('a fleet that needs five sixths of the processes, a tenth of it dead', () => {
  /** 200 BMCs that take 1 to 8 s; dead ones take all the time they are given, and half a second to be killed. */
  const run = (over: { isSteady: boolean }) =>
    new Fleet({
      servers: bmcs(200, { intervalSeconds: 30, timeoutSeconds: 20 }),
      concurrency: 32,
      isDead: (index) => index % 10 === 9,
      tookMs: (index) => 1 * seconds + ((index * 2_654_435_761) % (7 * seconds)),
      isSteady: over.isSteady,
    }).run(900 * seconds);

  it('is polled on the beat: each live one at least every 35 s, and all within a minute and a half', () => {
    const fleet = run({ isSteady: true });
    expect(fleet.longestGapMs()).toBeLessThan(33 * seconds);
    expect(fleet.lastFirstAnswerMs()).toBeLessThan(90 * seconds);
    expect(fleet.mostRunning).toBe(32);
  });

  it('also where their times vary by a third', () => {
    expect(run({ isSteady: false }).longestGapMs()).toBeLessThan(35.5 * seconds);
  });

  it('asks the dead ones again and again, none of them more than half as often as the next', () => {
    const fleet = run({ isSteady: true });
    const tries = fleet.triesOfDead();
    expect(Math.min(...tries)).toBeGreaterThanOrEqual(3);
    expect(Math.max(...tries)).toBeLessThanOrEqual(2 * Math.min(...tries) + 2);
  });
});

describe('more than there are processes for', () => {
  it('shares what there is: all are late alike, and the dead are not given up', () => {
    const fleet = new Fleet({
      servers: bmcs(100, { intervalSeconds: 30, timeoutSeconds: 20 }),
      concurrency: 16,
      isDead: (index) => index % 10 === 9,
      tookMs: () => 10 * seconds,
      isSteady: true,
    }).run(3600 * seconds);
    const polls = fleet.answersSince(1800 * seconds);
    expect(Math.max(...polls) - Math.min(...polls)).toBeLessThanOrEqual(2);
    expect(Math.min(...fleet.triesOfDead())).toBeGreaterThan(2);
  });
});

describe('a schedule', () => {
  it('spreads the first polls over the interval, wherever the list is cut', () => {
    const schedule = new Schedule({ ...options, concurrency: 100 });
    schedule.update(bmcs(60, { intervalSeconds: 30 }), 0);
    const started: number[] = [];
    for (let at = 0; at <= 30 * seconds; at += seconds) started.push(schedule.start(at).length);
    expect(started.reduce((sum, count) => sum + count, 0)).toBe(60);
    expect(Math.max(...started)).toBeLessThanOrEqual(4);
  });

  it('has each server at the same place of the interval in every process', () => {
    const duesOf = (start: number): Map<string, number> => {
      const schedule = new Schedule({ ...options, concurrency: 100 });
      schedule.update(bmcs(20, { intervalSeconds: 30 }), start);
      const dues = new Map<string, number>();
      for (let at = start; at <= start + 30 * seconds; at += 100)
        for (const { bmc } of schedule.start(at)) dues.set(bmc.name, at % (30 * seconds));
      return dues;
    };
    const first = duesOf(300 * seconds);
    expect(first.size).toBe(20);
    expect(duesOf(3017 * 1000)).toEqual(first);
  });

  it('keeps the beat where a poll starts late, and rests after one that took longer than the interval', () => {
    const schedule = new Schedule(options);
    schedule.update(bmcs(1, { intervalSeconds: 30 }), 0);
    expect(schedule.start(2 * seconds)).toMatchObject([{ lateMs: 2 * seconds, timeoutMs: 20 * seconds }]);
    schedule.end('bmc-0', 'answered', 3 * seconds);
    expect(schedule.start(29.9 * seconds)).toEqual([]);
    expect(schedule.start(30 * seconds)).toHaveLength(1);
    schedule.end('bmc-0', 'answered', 75 * seconds);
    expect(schedule.start(77.9 * seconds)).toEqual([]);
    expect(schedule.start(78 * seconds)).toHaveLength(1);
  });

  it('never starts a second poll of a server', () => {
    const schedule = new Schedule(options);
    schedule.update(bmcs(1, { intervalSeconds: 5 }), 0);
    expect(schedule.start(0)).toHaveLength(1);
    expect(schedule.start(3600 * seconds)).toEqual([]);
  });

  it('tries one that fails at its interval as often as it may, then backs off, and forgives at once', () => {
    const schedule = new Schedule(options);
    schedule.update(bmcs(1, { intervalSeconds: 30, maxRetries: 2 }), 0);
    let now = 0;
    const pauses: number[] = [];
    for (let failure = 1; failure <= 8; failure += 1) {
      const began = now;
      expect(schedule.start(now)).toHaveLength(1);
      expect(schedule.end('bmc-0', 'failed', now + seconds)).toBe(failure);
      while (schedule.overdueMs(now) === 0) now += 100;
      pauses.push(Math.round((now - began) / seconds));
    }
    // With the middle of the jitter: 30 + half of what is up to 60, 120, … 600.
    expect(pauses).toEqual([30, 30, 45, 75, 135, 255, 315, 315]);
    schedule.start(now);
    expect(schedule.end('bmc-0', 'answered', now + seconds)).toBe(0);
    expect(schedule.start(now + 30 * seconds)).toHaveLength(1);
  });

  it('waits for one that could not even be asked without counting it', () => {
    const schedule = new Schedule(options);
    schedule.update(bmcs(1, { intervalSeconds: 30 }), 0);
    schedule.start(0);
    expect(schedule.end('bmc-0', 'unable', 10)).toBe(0);
    expect(schedule.start(29 * seconds)).toEqual([]);
    expect(schedule.start(31 * seconds)).toHaveLength(1);
  });
});

describe('a list that changes', () => {
  it('takes new servers in and leaves out removed ones, whose poll under way it says to end', () => {
    const schedule = new Schedule(options);
    const [a, b, c] = bmcs(3, { intervalSeconds: 30 });
    if (!a || !b || !c) throw new Error('three');
    expect(schedule.update([a, b], 0)).toEqual([]);
    expect(names(schedule.start(29 * seconds))).toEqual([a.name, b.name]);
    expect(schedule.update([b, c], 29 * seconds)).toEqual([a.name]);
    expect(schedule.update([b, c], 29 * seconds)).toEqual([]);
    expect(schedule.running).toBe(2);
    schedule.end(a.name, 'void', 30 * seconds);
    expect(schedule.running).toBe(1);
    schedule.end(b.name, 'answered', 30 * seconds);
    expect(names(schedule.start(3600 * seconds))).toEqual([b.name, c.name]);
  });

  it('ends a poll with the old access, and starts the next only when that has ended', () => {
    const schedule = new Schedule(options);
    const [a] = bmcs(1, { intervalSeconds: 30 });
    if (!a) throw new Error('one');
    schedule.update([a], 0);
    schedule.start(0);
    expect(schedule.update([{ ...a, user: 'another' }], seconds)).toEqual([a.name]);
    expect(schedule.start(seconds)).toEqual([]);
    schedule.end(a.name, 'void', 2 * seconds);
    expect(schedule.start(2 * seconds)).toMatchObject([{ bmc: { user: 'another' } }]);
  });

  it('a server that comes back while its last poll ends is not polled twice', () => {
    const schedule = new Schedule(options);
    const servers = bmcs(1, { intervalSeconds: 30 });
    schedule.update(servers, 0);
    schedule.start(0);
    schedule.update([], 1);
    schedule.update(servers, 2);
    expect(schedule.start(3)).toEqual([]);
    schedule.end('bmc-0', 'void', 4);
    expect(schedule.start(4)).toHaveLength(1);
    expect(schedule.running).toBe(1);
  });

  it('keeps what it knows where only the interval changes, and heeds that at once', () => {
    const schedule = new Schedule(options);
    schedule.update(bmcs(1, { intervalSeconds: 3600 }), 0);
    // The first poll says nothing of how long others take.
    for (const at of [0, 3600 * seconds]) {
      expect(schedule.start(at)).toMatchObject([{ timeoutMs: 20 * seconds }]);
      schedule.end('bmc-0', 'answered', at + seconds);
    }
    schedule.update(bmcs(1, { intervalSeconds: 30 }), 3602 * seconds);
    expect(schedule.start(3631 * seconds)).toEqual([]);
    expect(schedule.start(3632 * seconds)).toMatchObject([{ timeoutMs: 6 * seconds }]);
  });
});
