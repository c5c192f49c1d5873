import { describe, expect, it } from 'vitest';
import { duration, moment } from './moment.ts';

describe('a duration', () => {
  it.each([
    ['45s', 45_000],
    ['90m', 5_400_000],
    ['1d12h', 129_600_000],
    ['2w', 1_209_600_000],
  ])('%s', (text, ms) => expect(duration(text)).toBe(ms));

  it.each(['', '5', 'h', '2 h', '1.5h', '-1h', '0m', '2h tomorrow', '2H'])('not %j', (text) =>
    expect(() => duration(text)).toThrow(/30m, 2h/),
  );
});

describe('a moment', () => {
  it('is in the zone that it names, else local', () => {
    expect(moment('2026-11-22T08:00+08:00')).toBe('2026-11-22T00:00:00.000Z');
    expect(moment('2026-11-22 08:00+08:00')).toBe('2026-11-22T00:00:00.000Z');
    expect(moment('2026-11-22T08:00Z')).toBe('2026-11-22T08:00:00.000Z');
    expect(moment('2026-11-22')).toBe(new Date(2026, 10, 22).toISOString());
    expect(moment('2026-11-22 08:00')).toBe(new Date(2026, 10, 22, 8).toISOString());
  });

  it.each(['', 'tomorrow', '2026-13-01', '2026-02-30', '8'])('not %j', (text) =>
    expect(() => moment(text)).toThrow(/use a date/),
  );
});
