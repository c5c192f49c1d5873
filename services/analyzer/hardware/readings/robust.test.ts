import { describe, expect, it } from 'vitest';
import { deviation, median, robustLine } from './robust.ts';
import { normal, seededRandom } from './testing/weather.ts';

describe('robust figures', () => {
  it('bear that almost half of the values are anything', () => {
    expect(median([5, 1, 4, 1000, 3])).toBe(4);
    expect(median([4, 1])).toBe(2.5);
    expect(median([])).toBeNaN();
    expect(deviation([1, 2, 3, 4, 1000])).toBeCloseTo(1.4826);
  });

  it('give a line that two outliers of ten do not move', () => {
    const points = Array.from({ length: 10 }, (_, x) => ({
      x,
      y: 3 + 2 * x + (x === 4 || x === 5 ? 500 : 0),
    }));
    expect(robustLine(points, 1.96)).toMatchObject({ slope: 2, intercept: 3 });
    expect(robustLine(points.slice(0, 4), 1.96)).toBeUndefined();
  });

  it('take the median of all slopes, as by hand', () => {
    // Slopes 1, 2, 1, 2, 3, 1, 7/3, −1, 2, 5: the fifth and the sixth of ten are 2.
    const line = robustLine(
      [0, 1, 4, 3, 8].map((y, x) => ({ x, y })),
      1,
    );
    expect(line).toMatchObject({ slope: 2, intercept: 0 });
    expect(line?.low).toBeGreaterThanOrEqual(-1);
    expect(line?.high).toBeLessThanOrEqual(5);
  });

  it.each([0, 0.6])(
    'have an interval that holds the true slope in 97 of 100 series (autocorrelation %d)',
    (alike) => {
      const random = seededRandom(1968);
      const rounds = 400;
      let held = 0;
      for (let round = 0; round < rounds; round++) {
        let noise = normal(random);
        const points = Array.from({ length: 40 }, (_, x) => {
          noise = alike * noise + Math.sqrt(1 - alike * alike) * normal(random);
          return { x, y: 0.05 * x + noise };
        });
        const line = robustLine(points, 2.576);
        if (line !== undefined && line.low <= 0.05 && line.high >= 0.05) held += 1;
      }
      expect(held / rounds).toBeGreaterThan(0.97);
    },
  );
});
