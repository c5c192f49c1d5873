import { describe, expect, it } from 'vitest';
import { Slots } from './slots.ts';
import { seededRandom } from './testing/weather.ts';

const minute = 60_000;

describe('slots of time', () => {
  it('keep the last so many, and nothing of what was not put', () => {
    const slots = new Slots(minute, 4);
    expect(slots.between(0, 1e15)).toEqual([]);
    expect(slots.snapshot()).toBeUndefined();
    for (const at of [10, 11, 13]) slots.put(at * minute + 5, at);
    expect(slots.between(0, 1e15).map(({ value }) => value)).toEqual([10, 11, 13]);
    slots.put(15 * minute, 15);
    expect(slots.between(0, 1e15)).toEqual([
      { at: 13 * minute, value: 13 },
      { at: 15 * minute, value: 15 },
    ]);
    expect(slots.valueAt(14 * minute)).toBeNaN();
    slots.put(3 * minute, 3);
    expect(slots.valueAt(3 * minute)).toBeNaN();
    slots.put(1000 * minute, 7);
    expect(slots.between(0, 1e15)).toEqual([{ at: 1000 * minute, value: 7 }]);
  });

  const seed = 20_261_121;
  it(`are as a map cut to their length, over any puts and takeovers (seed ${seed})`, () => {
    const random = seededRandom(seed);
    for (let round = 0; round < 200; round++) {
      const length = 1 + Math.floor(random() * 20);
      let slots = new Slots(minute, length);
      const model = new Map<number, number>();
      let newest = Number.NEGATIVE_INFINITY;
      for (let step = 0; step < 60; step++) {
        const at = Math.floor(random() * 80);
        const value = Math.fround(random());
        slots.put(at * minute, value);
        if (at > newest - length) model.set(at, value);
        newest = Math.max(newest, at);
        for (const key of model.keys()) if (key <= newest - length) model.delete(key);
        const record = slots.snapshot();
        if (record !== undefined && random() < 0.2) {
          slots = new Slots(minute, length);
          slots.restore(JSON.parse(JSON.stringify(record)));
        }
      }
      const expected = [...model]
        .sort(([a], [b]) => a - b)
        .map(([at, value]) => ({ at: at * minute, value }));
      expect(slots.between(Number.NEGATIVE_INFINITY, 1e15)).toEqual(expected);
    }
  });
});
