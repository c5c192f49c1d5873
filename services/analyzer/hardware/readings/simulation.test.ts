import { describe, expect, it } from 'vitest';
import { byHistory, foretold, simulate } from './testing/simulation.ts';

// Larger ones: `npm run bench -- trends`; figures in decision 0015.

describe('machines without a fault', () => {
  it('are told of by history less than once in 100 temperature-days, and hardly by anything else', () => {
    const { found, temperatureDays } = simulate({ machines: 8, days: 14, seed: 20_261_121 });
    const told = found.filter(({ rule, cameTrue }) => byHistory.includes(rule) && !cameTrue);
    expect(temperatureDays).toBe(224);
    expect(told.map(({ rule, sensor, machine }) => `${rule} ${sensor} of ${machine}`)).toEqual([]);
    expect(
      found.every(({ rule }) => rule === 'hardware.reading-temperature' || byHistory.includes(rule)),
    ).toBe(true);
  }, 60_000);
});

describe('machines with a fault', () => {
  it('of which the temperature rises by a degree an hour are mostly foretold, hours before', () => {
    const from = 8;
    const rising = simulate({ machines: 6, days: 10, seed: 5, drift: (day) => Math.max(0, day - from) * 24 });
    const { crossed, leads } = foretold(rising, from);
    expect(crossed).toBeGreaterThanOrEqual(5);
    expect(leads.length).toBeGreaterThanOrEqual(0.6 * crossed);
    expect(leads[leads.length >> 1]).toBeGreaterThan(2);
  }, 60_000);

  it('of which one fan fails slowly are told of that fan alone', () => {
    const { found } = simulate({
      ...{ machines: 4, days: 14, seed: 6 },
      fan: (day) => 1 - 0.15 * Math.min(1, Math.max(0, (day - 6) / 6)),
    });
    const slow = found.filter(({ rule }) => rule === 'hardware.fan-slowing');
    expect(new Set(slow.map(({ sensor }) => sensor))).toEqual(new Set(['FAN1']));
    expect(new Set(slow.map(({ machine }) => machine)).size).toBe(4);
  }, 60_000);

  it('of which a voltage falls by a twentieth are told of it within two hours', () => {
    const { found } = simulate({ machines: 4, days: 9, seed: 7, volts: (day) => (day < 8 ? 0 : -0.6) });
    const told = found.filter(({ rule }) => rule === 'hardware.learned-limit');
    expect(new Set(told.map(({ machine, sensor }) => `${machine} ${sensor}`)).size).toBe(4);
    for (const { day } of told) expect(day).toBeLessThanOrEqual(8 + 2.2 / 24);
  }, 60_000);
});
