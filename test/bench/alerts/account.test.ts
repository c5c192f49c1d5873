import { describe, expect, it } from 'vitest';
import { growth, mostWithin, waitedMs } from './account.ts';

describe('waitedMs', () => {
  const outages = [
    { from: 100, to: 200 },
    { from: 250, to: 300 },
  ];
  it.each([
    ['without an outage', 10, 40, 30],
    ['put while it is down: from when it is up', 150, 220, 20],
    ['over an outage: the longer of the stretches', 60, 210, 40],
    ['over two', 90, 310, 50],
    ['after them', 400, 430, 30],
    ['never told', 400, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ])('%s', (_, put, told, expected) => expect(waitedMs(put, told, outages)).toBe(expected));
});

describe('mostWithin', () => {
  it('slides, and does not count the end of the stretch', () => {
    expect(mostWithin(1000, [0, 999, 1000, 1500, 1998, 2500])).toBe(4);
    expect(mostWithin(1000, [0, 1000, 2000])).toBe(1);
    expect(mostWithin(1000, [])).toBe(0);
  });
});

describe('growth', () => {
  it('is the slope a minute', () => {
    const readings = [0, 1, 2, 3].map((minute) => ({ at: minute * 60_000, bytes: 100 + 7 * minute }));
    expect(growth(readings)).toBeCloseTo(7);
  });
});
