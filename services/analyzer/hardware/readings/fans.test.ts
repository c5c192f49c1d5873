import { describe, expect, it } from 'vitest';
import { slowFans } from './fans.ts';
import { hourMs } from './history.ts';
import { Slots } from './slots.ts';
import { monday } from './testing/machines.ts';
import { normal, seededRandom } from './testing/weather.ts';

const days = 12;
const until = monday + days * 24 * hourMs;

/** Fans whose duty follows a temperature with a daily cycle. @param factors of each fan's speed, by day */
function judged(factors: readonly ((day: number) => number)[], minDays = 3) {
  const random = seededRandom(4);
  const fans = factors.map((_, index) => ({ key: `FAN${index + 1}`, hours: new Slots(hourMs, 336) }));
  const temperature = new Map<number, number>();
  for (let at = monday; at < until; at += hourMs) {
    const degrees = 40 + 5 * Math.sin((2 * Math.PI * at) / (24 * hourMs));
    temperature.set(at, degrees);
    for (const [index, { hours }] of fans.entries())
      hours.put(
        at,
        (factors[index]?.((at - monday) / (24 * hourMs)) ?? 1) * (100 * degrees + 40 * normal(random)),
      );
  }
  return slowFans(fans, temperature, { until, minDays, dropPercent: 10 });
}

const well = () => 1;
const failing = (day: number) => 1 - 0.2 * Math.min(1, Math.max(0, (day - 5) / 6));

describe('a fan that becomes slower', () => {
  it('is told by the other fans, with what it is and would be', () => {
    const [found, ...others] = judged([well, failing, well, well]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ key: 'FAN2', by: 'fans', drop: expect.closeTo(20, -1) });
    expect((found?.now ?? 0) / (found?.before ?? 1)).toBeCloseTo(0.8, 1);
  });

  it.each([1, 2])('is told at like temperature where there are %i fans', (count) => {
    expect(judged([failing, well].slice(0, count))).toMatchObject([{ key: 'FAN1', by: 'temperature' }]);
  });

  it.each([
    ['none is', [well, well, well, well]],
    ['all are: it is their control', [failing, failing, failing, failing]],
    ['half are: it is a zone', [failing, failing, well, well]],
    ['one is by less than it takes', [(day: number) => (day > 6 ? 0.93 : 1), well, well, well]],
    ['one was for some hours only', [(day: number) => (day > 11.7 ? 0.7 : 1), well, well, well]],
  ] as const)('is not where %s', (_, factors) => {
    expect(judged(factors)).toEqual([]);
  });

  it('is not judged before its history is long enough', () => {
    expect(judged([well, failing, well, well], 12)).toEqual([]);
  });
});
