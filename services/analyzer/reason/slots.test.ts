import { describe, expect, it } from 'vitest';
import type { Severity } from '#shared/model/index.ts';
import { Slots } from './slots.ts';

function take(slots: Slots, partition: number, severity: Severity, since: number, now = since, first = true) {
  slots.want(partition, { severity, since }, now);
  const slot = slots.take(partition, first, now);
  slot?.begin();
  return slot;
}

describe('Slots', () => {
  it('bounds the questions of all partitions together', () => {
    const slots = new Slots(2);
    const one = take(slots, 0, 'info', 0);
    expect(take(slots, 1, 'info', 0)).toBeDefined();
    expect(take(slots, 2, 'critical', 0)).toBeUndefined();
    one?.release();
    expect(take(slots, 2, 'critical', 1)).toBeDefined();
  });

  it('leaves a free slot to the partition with the more severe question, or the one that waits longer', () => {
    const slots = new Slots(1);
    slots.want(1, { severity: 'warning', since: 5 }, 1000);
    expect(take(slots, 0, 'info', 0, 1000)).toBeUndefined();
    expect(take(slots, 0, 'warning', 6, 1000)).toBeUndefined();
    const slot = take(slots, 0, 'warning', 4, 1000);
    expect(slot).toBeDefined();
    slot?.release();
    expect(take(slots, 1, 'warning', 5, 1000)).toBeDefined();
  });

  it('does not wait for a partition that is gone', () => {
    const slots = new Slots(1);
    slots.want(1, { severity: 'critical', since: 0 }, 0);
    expect(take(slots, 0, 'info', 0, 2000)).toBeUndefined();
    expect(take(slots, 0, 'info', 0, 4000)).toBeDefined();
  });

  it('takes back a slot whose question was never asked', () => {
    const slots = new Slots(1);
    slots.want(0, { severity: 'info', since: 0 }, 0);
    expect(slots.take(0, true, 0)).toBeDefined();
    expect(take(slots, 1, 'info', 0, 10_000)).toBeUndefined();
    expect(take(slots, 1, 'info', 0, 16_000)).toBeDefined();
  });

  it('puts off the least severe question for a critical one, of equals the youngest, one at a time', () => {
    const slots = new Slots(3);
    const warning = take(slots, 0, 'warning', 0);
    const older = take(slots, 0, 'info', 1);
    const younger = take(slots, 1, 'info', 2);
    expect(slots.preemptFor('warning')).toBe(false);
    expect(slots.preemptFor('critical')).toBe(true);
    expect([warning, older, younger].map((slot) => slot?.preempted.aborted)).toEqual([false, false, true]);
    expect(slots.preemptFor('critical')).toBe(false);
    younger?.release();
    const critical = take(slots, 2, 'critical', 3);
    expect(slots.preemptFor('critical')).toBe(true);
    expect(older?.preempted.aborted).toBe(true);
    expect(critical?.preempted.aborted).toBe(false);
  });

  it('puts no question off twice, nor a critical one, nor any while there is room', () => {
    const slots = new Slots(2);
    const before = take(slots, 0, 'info', 0, 0, false);
    expect(slots.preemptFor('critical')).toBe(false);
    take(slots, 0, 'critical', 1);
    expect(slots.preemptFor('critical')).toBe(false);
    expect(before?.preempted.aborted).toBe(false);
  });
});
