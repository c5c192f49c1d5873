import { describe, expect, it } from 'vitest';
import type { BusRecord } from '#shared/bus/port.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { Counting, LineAllowance } from './counts.ts';
import { createDetector } from './detector.ts';
import { saysError } from './level.ts';
import { loadRules } from './rules/index.ts';

const { domains } = ConfigSchema.parse({});
const rules = await loadRules({ paths: [], shipped: true, language: 'en' });
const detector = createDetector({ rules, type: 'app', domains });
const now = Date.UTC(2026, 10, 21, 12);

function record(offset: number, message: string): BusRecord {
  return {
    topic: 'logs.app',
    partition: 0,
    offset,
    key: null,
    value: Buffer.from(JSON.stringify({ message, service: { name: 'shop' }, host: { name: 'h' } })),
    headers: {},
    timestamp: now,
  };
}

function counting(linesPerSecond: number): Counting {
  return new Counting(new LineAllowance({ linesPerSecond }));
}

/** Lines by kind and minute, added up over the batches. */
function counted(records: readonly BusRecord[], size: number, by: Counting): Map<string, number> {
  const sums = new Map<string, number>();
  for (let from = 0; from < records.length; from += size)
    for (const { entries } of detector.detect(records.slice(from, from + size), now, by).counts)
      for (const { masked, minute, count } of entries)
        sums.set(`${minute} ${masked}`, (sums.get(`${minute} ${masked}`) ?? 0) + count);
  return sums;
}

const words = ['up', 'down', 'left', 'right'];
const mixture = Array.from({ length: 3000 }, (_, index) =>
  record(
    index,
    `2026-11-21T11:${String(index % 7).padStart(2, '0')}:00Z went ${words[(index * 7) % 4]} ${index} times`,
  ),
);

describe('counts of a batch', () => {
  it('are the same in all, whatever the batches', () => {
    const whole = counted(mixture, 3000, counting(2000));
    expect([...whole.values()].reduce((a, b) => a + b)).toBe(3000);
    expect(whole.size).toBe(28);
    for (const size of [1, 7, 100]) expect(counted(mixture, size, counting(2000))).toEqual(whole);
  });

  it('are exact up to what may be looked at, and beyond it every n-th line stands for n', () => {
    const some = counting(100);
    const first = detector.detect(mixture.slice(0, 500), now, some).counts[0];
    expect(first).toMatchObject({ sampling: 1 });
    const later = detector.detect(mixture.slice(500, 2500), now + 1000, some);
    expect(later.counts[0]).toMatchObject({ sampling: 20 });
    expect(later.decoded).toBe(100);
    const sum = later.counts[0]?.entries.reduce((total, { count }) => total + count, 0) ?? 0;
    expect(sum).toBe(2000);
  });

  it('name some hundred kinds at most, and count the rest together', () => {
    const letters = (n: number) =>
      [...n.toString(26)].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))).join('');
    const hostile = Array.from({ length: 1000 }, (_, index) => record(index, `word${letters(index)}x`));
    const [counts] = detector.detect(hostile, now, counting(2000)).counts;
    expect(counts?.entries).toHaveLength(400);
    expect(counts?.otherCount).toBe(600);
  });

  it('show a kind once, and again when it has not been shown for a while', () => {
    const some = counting(2000);
    const shown = (at: number) =>
      detector.detect([record(1, 'all is well')], at, some).counts[0]?.entries[0]?.exemplar?.text;
    expect([shown(now), shown(now + 1000), shown(now + 11 * 60_000)]).toEqual([
      'all is well',
      undefined,
      'all is well',
    ]);
  });
});

describe('saysError', () => {
  it.each([
    ['* ERROR [main] cannot go on', true],
    ['* INFO [main] retry after java.io.IOException', false],
    ['java.io.IOException: broken', true],
    ['level=error msg="x"', true],
    ['[warn] an exception in the making', false],
    ['all is well', false],
    ['写入失败：磁盘异常', true],
    ['errorless', false],
  ])('%s: %s', (line, expected) => expect(saysError(line)).toBe(expected));
});
