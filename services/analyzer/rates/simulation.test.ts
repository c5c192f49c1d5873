import { describe, expect, it } from 'vitest';
import { createRates, kindName, type Lines, play, poisson, seededRandom } from './testing/traffic.ts';

const hour = 60;
const day = 24 * hour;
/** Between a third and five thirds of its mean, by the hour of the day. */
function dailyCycle(minute: number): number {
  return 1 + (2 / 3) * Math.sin((2 * Math.PI * minute) / day);
}

describe('false findings under noise', () => {
  it('are fewer than 0.1 a day for 1,000 kinds with a daily cycle', () => {
    const kinds = 200;
    const days = 6;
    const random = seededRandom(20261121);
    // From one line an hour to thirty a minute.
    const means = Array.from({ length: kinds }, () => 10 ** (random() * 3.25 - 1.78));
    const rates = createRates();
    const said = play(rates, 0, days * day, (minute) =>
      means.map((mean, index) => ({
        masked: kindName(index),
        count: poisson(mean * dailyCycle(minute), random),
      })),
    );
    // 200 kinds for 5 judged days: a day of 1,000 kinds.
    expect(said.map(({ minute, said: { rule } }) => `${rule} at ${minute}`)).toEqual([]);
    expect(rates.size()).toMatchObject({ services: 1, judged: 1, kinds });
  }, 60_000);
});

describe('power', () => {
  const quiet: Lines = { masked: 'other lines go on', count: 3 };

  it.each([1, 2, 3, 4, 5])('finds a fivefold rise of ten a minute within two windows (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const rates = createRates();
    const rise = 8 * day + 7;
    const said = play(rates, 0, rise + 10, (minute) => [
      quiet,
      { masked: 'request served', count: poisson(minute < rise ? 10 : 50, random) },
    ]);
    expect(said[0]).toMatchObject({ said: { kind: 'hit', rule: 'rates.spike' } });
    expect(said[0]?.minute).toBeLessThan(rise + 10);
    expect(said[0]?.minute).toBeGreaterThanOrEqual(rise);
  });

  it.each([1, 5, 10, 60])('finds a heartbeat of every %i minutes missing within three gaps', (gap) => {
    const random = seededRandom(gap);
    const stop = 3 * day;
    const beats = new Set<number>();
    for (let minute = 0; minute < stop; minute += gap)
      // Now and then one is a minute late.
      beats.add(minute + (gap >= 10 && random() < 0.1 ? 1 : 0));
    const said = play(createRates(), 0, stop + 4 * gap + 3, (minute) => [
      quiet,
      { masked: 'heartbeat of the pump', count: beats.has(minute) ? 1 : 0 },
    ]);
    expect([...new Set(said.map(({ said: { kind, rule } }) => `${kind} ${rule}`))]).toEqual([
      'hit rates.silent',
    ]);
    const [first] = said;
    expect(first?.minute).toBeGreaterThan(stop);
    // By event time; two minutes of lateness and the minute that is running come on top.
    expect(first?.minute).toBeLessThanOrEqual(Math.max(...beats) + 3 * gap + 3);
  });

  it('finds a night’s rise that is none by day, once it knows three weeks', () => {
    const night = 24 * day + 18 * hour;
    const said = (from: number) => {
      const random = seededRandom(4);
      return play(createRates(), from, night + 10, (minute) => [
        quiet,
        {
          masked: 'request served',
          count: poisson(
            minute >= night ? 40 : 30 * (1 + 0.9 * Math.sin((2 * Math.PI * minute) / day)),
            random,
          ),
        },
      ]);
    };
    // At the bottom of the cycle three a minute are usual, at its top 57.
    expect(said(0)[0]).toMatchObject({ said: { kind: 'hit', rule: 'rates.spike' } });
    expect(said(15 * day)).toEqual([]);
  });
});
