import { describe, expect, it } from 'vitest';
import { eventTime } from './event-time.ts';

const now = Date.UTC(2026, 10, 21, 1);
const recordTime = now - 5000;

describe('eventTime', () => {
  it.each([
    '2026-11-21T00:59:00.123Z',
    '2026-11-21T08:59:00+08:00',
    '2026-11-21T00:59:00.123456789Z',
    '1999-12-31T23:59:59Z',
  ])('leaves %s as it is', (stated) => {
    expect(eventTime(stated, recordTime, now)).toEqual({ time: Date.parse(stated), isAsStated: true });
  });

  it('reads other forms, which the document then gets in the usual one', () => {
    expect(eventTime('Sat, 21 Nov 2026 00:59:00 GMT', recordTime, now)).toEqual({
      time: Date.UTC(2026, 10, 21, 0, 59),
      isAsStated: false,
    });
  });

  it.each([
    ['absent', undefined],
    ['no time', 'yesterday'],
    ['a number', 1_763_000_000_000],
    ['the last date there is', '+275760-09-13T00:00:00.000Z'],
    ['far ahead', '2026-11-23T00:00:00.000Z'],
    ['a zero value', '0001-01-01T00:00:00Z'],
    ['an epoch', '1970-01-01T00:00:00.000Z'],
    ['a month 13', '2026-13-01T00:00:00Z'],
  ])('takes the time of the record where the stated one is %s', (_, stated) => {
    expect(eventTime(stated, recordTime, now)).toEqual({ time: recordTime, isAsStated: false });
  });

  it('takes its own time where the record has none either', () => {
    expect(eventTime(undefined, -1, now)).toEqual({ time: now, isAsStated: false });
    expect(eventTime('x', 8.64e15, now)).toEqual({ time: now, isAsStated: false });
  });
});
