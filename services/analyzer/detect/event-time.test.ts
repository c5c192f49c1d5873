import { describe, expect, it } from 'vitest';
import { eventTime, lineTime, punctuality } from './event-time.ts';
import { createLocalClock } from './local-clock.ts';

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
    ['{"level":50,"time":1763000000123,"msg":"x"}', 1_763_000_000_123],
    ['{"level":"error","ts":1763000000.5,"msg":"x"}', 1_763_000_000_500],
    ['<165>1 2026-11-21T00:52:59.003Z web-1 app 7 ID47 - x', Date.UTC(2026, 10, 21, 0, 52, 59, 3)],
    ['2026-01-02 03:04:05.123 UTC [71] LOG:  x', Date.UTC(2026, 0, 2, 3, 4, 5, 123)],
    ['2026-01-02 03:04:05 +04 [71] LOG:  x', Date.UTC(2026, 0, 1, 23, 4, 5)],
    ['2026-01-02 03:04:05 +04 items', local(2026, 0, 2, 3, 4, 5)],
    ['2026-01-02T03:04:05.123456Z 0 [Note] mysqld: x', Date.UTC(2026, 0, 2, 3, 4, 5, 123)],
    ['260102  3:04:05 [ERROR] InnoDB: x', local(2026, 0, 2, 3, 4, 5)],
    ['15/10/18 18:01:47 INFO Executor: x', local(2015, 9, 18, 18, 1, 47)],
    ['14:23:01.123 [main] 2026-11-21 03:04:05.006 x', local(2026, 10, 21, 3, 4, 5, 6)],
    ['Nov 21, 2026 3:04:05 AM com.example.Shop save', local(2026, 10, 21, 3, 4, 5)],
    ['Nov 20, 2026, 12:04:05\u202fPM com.example.Shop save', local(2026, 10, 20, 12, 4, 5)],
    ['   1 | 05/21/2024 | 13:33:50 | Fan FAN3 | x | Asserted', local(2024, 4, 21, 13, 33, 50)],
    ['   1 | 05/21/2024 | 13:33:50 UTC | Fan FAN3 | x | Asserted', Date.UTC(2024, 4, 21, 13, 33, 50)],
    ['5,05/21/24,13:33:50 UTC,Fan FAN3,x,Asserted', Date.UTC(2024, 4, 21, 13, 33, 50)],
    ['11/20/2026 3:04:05 PM Error 7031', local(2026, 10, 20, 15, 4, 5)],
    ['20/11/2026 15:04:05 x', local(2026, 10, 20, 15, 4, 5)],
    ['2026年11月21日 03:04:05 数据库宕机', local(2026, 10, 21, 3, 4, 5)],
    ['2026年1月2日 下午3时04分05秒 x', local(2026, 0, 2, 15, 4, 5)],
    ['[20/Nov/2026 03:04:05] "GET / HTTP/1.1" 500 1', local(2026, 10, 20, 3, 4, 5)],
    ['Fri Nov 20 00:52:59 UTC 2026 x', Date.UTC(2026, 10, 20, 0, 52, 59)],
    ['Fri, 20 Nov 2026 00:52:59 GMT x', Date.UTC(2026, 10, 20, 0, 52, 59)],
    ['20261120T030405Z x', Date.UTC(2026, 10, 20, 3, 4, 5)],
    ['20261120 03:04:05.250 x', local(2026, 10, 20, 3, 4, 5, 250)],
  ])('%s', (line, expected) => {
    expect(lineTime(line, now)?.time).toBe(expected);
  });

  it.each([
    'no time at all',
    '2026-13-45T00:00:00Z x',
    '0001-01-01T00:00:00Z a zero value of Go',
    '+275760-09-13T00:00:00.000Z x',
    'took 12345678901234567890 ms',
    '13/32/2026 03:04:05 x',
    '99/99/99,03:04:05 x',
    '2026年13月1日 03:04:05',
    'released 1.2.2026 and 11/21/2026',
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

describe('punctuality', () => {
  it.each<[string, string]>([
    ['2026-11-21T01:00:00Z x', 'timely'],
    ['2026-11-21T00:50:00Z x', 'timely'],
    ['2026-11-21T00:49:59Z x', 'late'],
    ['2026-11-21T01:01:00Z x', 'timely'],
    ['2026-11-21T01:01:01Z x', 'future'],
    ['x', 'timely'],
  ])('of %s', (line, expected) => {
    expect(punctuality(lineTime(line, now), undefined, now)).toBe(expected);
  });
});

describe('a time zone', () => {
  const inZone = (zone: string, line: string, at = now) =>
    new Date(lineTime(line, at, createLocalClock(zone))?.time ?? 0).toISOString();

  it('is what times without one are read in, and leaves the others alone', () => {
    expect(inZone('Asia/Shanghai', '2026-11-20 08:00:00 x')).toBe('2026-11-20T00:00:00.000Z');
    expect(inZone('America/New_York', '2026-11-20 08:00:00 x')).toBe('2026-11-20T13:00:00.000Z');
    expect(inZone('Asia/Kathmandu', 'Nov 20 08:00:00 h p: x')).toBe('2026-11-20T02:15:00.000Z');
    expect(inZone('Asia/Shanghai', '2026-11-20T08:00:00Z x')).toBe('2026-11-20T08:00:00.000Z');
    expect(inZone('UTC', '05/21/2024 | 13:33:50 | x')).toBe('2024-05-21T13:33:50.000Z');
  });

  it('follows daylight saving time', () => {
    expect(inZone('Europe/Berlin', '2026-07-01 12:00:00 x')).toBe('2026-07-01T10:00:00.000Z');
    expect(inZone('Europe/Berlin', '2026-01-01 12:00:00 x')).toBe('2026-01-01T11:00:00.000Z');
    expect(inZone('Australia/Lord_Howe', '2026-01-01 12:00:00 x')).toBe('2026-01-01T01:00:00.000Z');
    // Skipped: clocks went from 02:00 to 03:00.
    expect(inZone('Europe/Berlin', '2026-03-29 02:30:00 x')).toBe('2026-03-29T01:30:00.000Z');
    expect(inZone('Europe/Berlin', '2026-03-29 01:59:59 x')).toBe('2026-03-29T00:59:59.000Z');
    expect(inZone('Europe/Berlin', '2026-03-29 03:00:00 x')).toBe('2026-03-29T01:00:00.000Z');
  });

  it('takes of an hour that is repeated the pass that has been', () => {
    const line = '2026-10-25 02:30:00 x';
    const first = Date.UTC(2026, 9, 25, 0, 30);
    const second = Date.UTC(2026, 9, 25, 1, 30);
    expect(inZone('Europe/Berlin', line, first + 1000)).toBe(new Date(first).toISOString());
    expect(inZone('Europe/Berlin', line, second + 1000)).toBe(new Date(second).toISOString());
    expect(inZone('Europe/Berlin', '2026-10-25 03:00:00 x')).toBe('2026-10-25T02:00:00.000Z');
  });

  it('is cheap', () => {
    const clock = createLocalClock('Asia/Shanghai');
    const started = performance.now();
    for (let index = 0; index < 20_000; index += 1) lineTime('2026-11-20 08:00:00,123 INFO x', now, clock);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
