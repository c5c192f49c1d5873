import { describe, expect, it } from 'vitest';
import { forecast } from './forecast.ts';
import { History, hourMs, quarterMs } from './history.ts';
import { dayMs, monday } from './testing/machines.ts';
import { normal, seededRandom } from './testing/weather.ts';

const limit = 65;

/** A sensor with a cycle of ±4 °C about 45 °C, until `days`, with something on top. */
function asked(days: number, onTop: (hours: number) => number, more = {}) {
  const random = seededRandom(15);
  const history = new History();
  for (let at = monday; at < monday + days * dayMs; at += quarterMs / 3) {
    const hours = (at - monday) / hourMs;
    history.add(at, 45 + 4 * Math.sin((2 * Math.PI * hours) / 24) + 0.3 * normal(random) + onTop(hours));
  }
  const at = monday + days * dayMs - 2 * quarterMs;
  return { at, found: forecast({ history, limit, horizonHours: 24, leastRise: 2, at, ...more }) };
}

describe('a forecast', () => {
  const from = 5 * 24;
  const rising = (hours: number) => 2 * Math.max(0, hours - from);

  it('says when a rise over hours will cross the limit, and between which slopes it lies', () => {
    const { at, found } = asked(5.2, rising);
    expect(found).toMatchObject({ perHour: expect.closeTo(2, 0), days: expect.any(Number) });
    expect(found?.low).toBeLessThanOrEqual(2);
    expect(found?.high).toBeGreaterThanOrEqual(2);
    // The truth, hour by hour.
    let truth = at;
    while (
      45 + 4 * Math.sin((2 * Math.PI * (truth - monday)) / dayMs) + rising((truth - monday) / hourMs) <
      limit
    )
      truth += quarterMs;
    expect(Math.abs((found?.at ?? 0) - truth)).toBeLessThan(1.5 * hourMs);
    expect(found?.earliest).toBeLessThanOrEqual(truth);
    expect(found?.latest).toBeGreaterThanOrEqual(truth);
  });

  it.each([
    ['the daily cycle alone, at whatever hour', 5.3, () => 0],
    ['the cycle on its steepest rise', 5.99, () => 0],
    ['a step that was taken some hours ago', 5.3, (hours: number) => (hours > from + 3 ? 9 : 0)],
    [
      'one that rose and has come to rest',
      5.3,
      (hours: number) => Math.min(9, 6 * Math.max(0, hours - from)),
    ],
    [
      'a rise that is too slow to reach the limit in time',
      5.3,
      (hours: number) => 0.3 * Math.max(0, hours - from),
    ],
    ['a fall', 5.3, (hours: number) => -2 * Math.max(0, hours - from)],
    ['a rise before there are days to compare with', 2.3, (hours: number) => 1.5 * Math.max(0, hours - 48)],
  ])('says nothing of %s', (_, days, onTop) => {
    expect(asked(days, onTop).found).toBeUndefined();
  });

  it('does not look at what was before the machine was on, nor beyond its horizon', () => {
    expect(asked(5.2, rising, { since: monday + 5.1 * dayMs }).found).toBeUndefined();
    expect(asked(5.2, rising, { horizonHours: 1 }).found).toBeUndefined();
  });

  it('finds a slow trend by the highest hours of six days', () => {
    const slow = (hours: number) => (2 * hours) / 24;
    expect(asked(6.95, (hours) => slow(hours) + 2).found).toMatchObject({
      perHour: expect.closeTo(2 / 24, 1),
      days: 7,
    });
    expect(asked(4.95, (hours) => slow(hours) + 5).found).toBeUndefined();
  });
});
