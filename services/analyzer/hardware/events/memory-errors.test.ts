import { describe, expect, it } from 'vitest';
import { countError, forgetOld, risingErrors } from './memory-errors.ts';
import type { Module } from './state.ts';
import { eventOf, Machine, midnight, said } from './testing/bmc.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** So many corrected errors over one day, each in a poll of its own. */
function errorsOn(machine: Machine, dayNumber: number, count: number, part?: string): void {
  for (let each = 0; each < count; each++) {
    const at = midnight + dayNumber * day + Math.floor((each * day) / Math.max(1, count));
    machine.take(eventOf(said.corrected, { at, record: dayNumber * 100 + each + 1, ...(part && { part }) }));
  }
}

function emptyModule(): Module {
  const line = { id: '1', at: midnight, text: '' };
  return {
    ...{ server: 'a', label: 'b', rule: 'c', hours: [], days: [], lastArrivedAt: 0 },
    untold: 0,
    line,
  };
}

describe('corrected memory errors', () => {
  it('are told from so many a day on, with all of that day, and then each time', () => {
    const machine = new Machine({ eccPerDay: 5 });
    errorsOn(machine, 0, 4, 'DIMM 1');
    errorsOn(machine, 0, 4, 'DIMM 2');
    expect(machine.words).toEqual([]);
    const next = (record: number) =>
      eventOf(said.corrected, { at: midnight + 23 * hour, record, part: 'DIMM 2' });
    machine.take(next(500)).take(next(501), next(502));
    expect(machine.words).toEqual([
      'hardware.memory-corrected warning DIMM_A1 DIMM 2 x5',
      'hardware.memory-corrected warning DIMM_A1 DIMM 2 x2',
    ]);
    expect(machine.told[0]).toMatchObject({
      runbook: 'ecc-memory-errors',
      labels: { component: 'memory' },
      numbers: { errorsPerDay: 5 },
      detail: 'DIMM_A1 DIMM 2: 5 corrected memory errors within 24 h',
      firstSeen: new Date(midnight).toISOString(),
    });
  });

  it('began with the first one, not with its hour', () => {
    const machine = new Machine({ eccPerDay: 3 });
    const first = midnight + 27 * minute;
    const errors = [0, 1, 2].map((each) =>
      eventOf(said.corrected, { at: first + each * minute, record: each + 1 }),
    );
    machine.take(...errors);
    expect(machine.told[0]).toMatchObject({
      firstSeen: new Date(first).toISOString(),
      lastSeen: new Date(first + 2 * minute).toISOString(),
    });
  });

  it('are no finding where as many are spread over days', () => {
    const machine = new Machine({ eccPerDay: 5 });
    for (let dayNumber = 0; dayNumber < 20; dayNumber++) errorsOn(machine, dayNumber, 3);
    expect(machine.words).toEqual([]);
    expect(machine.state.modules[0]?.hours.length).toBeLessThanOrEqual(48);
  });

  it('are told where they become more from day to day, once a day', () => {
    const machine = new Machine({ eccPerDay: 1000 });
    for (const [dayNumber, count] of [1, 2, 3, 5, 8, 13, 21].entries()) errorsOn(machine, dayNumber, count);
    expect(machine.told).toHaveLength(1);
    expect(machine.told[0]).toMatchObject({
      rule: 'hardware.memory-corrected',
      numbers: { trendDays: 6 },
      detail: expect.stringMatching(/rising over 6 days, 13 on the last, doubling every 1\.\d days/),
    });
  });

  it('are seldom called rising where they come at random', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    };
    /** Knuth's way to a Poisson number. */
    const poisson = (mean: number) => {
      let count = -1;
      for (let product = 1; product > Math.exp(-mean); count++) product *= random();
      return count;
    };
    let called = 0;
    for (let each = 0; each < 200; each++) {
      const module = emptyModule();
      const isCalled = Array.from({ length: 45 }, (_, index) => {
        const now = midnight + index * day;
        forgetOld(module, now);
        const isRising = module.days.length > 0 && risingErrors(module, now) !== undefined;
        for (let error = poisson(6); error > 0; error--) countError(module, now, now);
        return isRising;
      }).some(Boolean);
      if (isCalled) called += 1;
    }
    // Of 200 modules over 45 days.
    expect(called).toBeLessThanOrEqual(6);
  });

  it('count by when they were, however late they are read, and not where they are too old', () => {
    const machine = new Machine({ eccPerDay: 3 });
    const arrivedAt = midnight + 10 * day;
    const old = (at: number, record: number) =>
      eventOf(said.corrected, { at: midnight + at, record, arrivedAt });
    machine.take(old(-90 * day, 1), old(-90 * day, 2), old(-90 * day, 3));
    machine.take(old(0, 4), old(day, 5), old(2 * day, 6), old(3 * day, 7));
    expect(machine.words).toEqual([]);
    expect(machine.state.modules[0]?.days.map(([, count]) => count)).toEqual([1, 1, 1, 1]);
  });
});
