import { describe, expect, it } from 'vitest';
import { eventTime, lineTime } from './event-time.ts';

const now = Date.UTC(2026, 10, 21, 1, 0, 0);
const local = (...parts: [number, number, number, number, number, number, number?]) =>
  new Date(...parts).getTime();

describe('lineTime', () => {
  it.each<[string, number]>([
    ['2026-11-21T00:52:59.123Z INFO x', Date.UTC(2026, 10, 21, 0, 52, 59, 123)],
    ['2026-11-21T08:52:59+08:00 x', Date.UTC(2026, 10, 21, 0, 52, 59)],
    ['2026-11-20 17:52:59.5 -0700 x', Date.UTC(2026, 10, 21, 0, 52, 59, 500)],
    ['2015-10-18 18:01:47,978 INFO [main] x', local(2015, 9, 18, 18, 1, 47, 978)],
    ['2015/07/29 19:23:35 [error] 31#31: x', local(2015, 6, 29, 19, 23, 35)],
    ['Nov 21 00:52:59 web-1 sshd[7]: x', local(2026, 10, 21, 0, 52, 59)],
    ['<34>Dec  3 00:52:59 web-1 sshd[7]: x', local(2025, 11, 3, 0, 52, 59)],
    ['[Mon Dec 05 07:47:36.123456 2005] [error] x', local(2005, 11, 5, 7, 47, 36, 123)],
    ['10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 500 1', Date.UTC(2000, 9, 10, 20, 55, 36)],
    ['12:M 01 Jan 2024 12:00:00.250 # x', local(2024, 0, 1, 12, 0, 0, 250)],
    ['E0102 15:04:05.678901 1 main.go:7] x', local(2026, 0, 2, 15, 4, 5, 678)],
    ['- 1117838570 2005.06.03 R02 2005-06-03-15.42.50.675872 R02 RAS', 1_117_838_570_000],
    ['type=AVC msg=audit(1364481363.243:24287): x', 1_364_481_363_243],
    ['1763000000123 ERROR x', 1_763_000_000_123],
  ])('%s', (line, expected) => {
    expect(lineTime(line, now)?.time).toBe(expected);
  });

  it.each([
    'no time at all',
    '2026-13-45T00:00:00Z x',
    '0001-01-01T00:00:00Z a zero value of Go',
    '+275760-09-13T00:00:00.000Z x',
    'took 12345678901234567890 ms',
    '',
  ])('finds none in: %s', (line) => {
    expect(lineTime(line, now)).toBeUndefined();
  });

  it('takes the first of several', () => {
    expect(lineTime('Nov 21 00:52:59 h p: backup of 2001-01-01T00:00:00Z done', now)?.time).toBe(
      local(2026, 10, 21, 0, 52, 59),
    );
  });
});

describe('eventTime', () => {
  it('is never after the line was read', () => {
    expect(eventTime(lineTime('2099-01-01T00:00:00Z x', now), undefined, now)).toBe(now);
    expect(eventTime(undefined, '+275760-09-13T00:00:00.000Z', now)).toBe(now);
  });

  it('is the shipper’s where the line has none, and the reading time where that makes no sense either', () => {
    expect(eventTime(undefined, '2026-11-21T00:00:00.000Z', now)).toBe(Date.UTC(2026, 10, 21));
    expect(eventTime(undefined, 'yesterday', now)).toBe(now);
    expect(eventTime(undefined, '0001-01-01T00:00:00Z', now)).toBe(now);
  });
});
