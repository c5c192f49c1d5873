import { describe, expect, it } from 'vitest';
import { durationText, quotaText, readDuration, readQuota, readThreshold, thresholdText } from './quota.ts';

describe('quotas', () => {
  it.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['0s', undefined],
    ['30', undefined],
    ['1.5h', undefined],
    ['5 m', undefined],
    ['9999999s', undefined],
  ])('read the time %s', (text, expected) => {
    expect(readDuration(text)).toBe(expected);
  });

  it('read thresholds and write them as they stand in a pack', () => {
    expect(readThreshold('5 in 1m by host')).toEqual({ count: 5, windowMs: 60_000, by: 'host' });
    expect(readThreshold('20 in 90s')).toEqual({ count: 20, windowMs: 90_000 });
    expect(readQuota('4 in 1h')).toEqual({ count: 4, windowMs: 3_600_000 });
    for (const text of ['5 in 1m by host', '20 in 90s', '3 in 2h by address'])
      expect(thresholdText(readThreshold(text) ?? { count: 1, windowMs: 1 })).toBe(text);
    expect(quotaText({ count: 4, windowMs: 86_400_000 })).toBe('4 in 1d');
    expect(durationText(7_200_000)).toBe('2h');
  });

  it.each(['5', '0 in 1m', '5 in 1m by', '5 in 1w', '5 in 1m by the host', '-5 in 1m', '5 in 1m by host '])(
    'refuse %s',
    (text) => {
      expect(readThreshold(text)).toBeUndefined();
    },
  );
});
