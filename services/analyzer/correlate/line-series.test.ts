import { describe, expect, it } from 'vitest';
import type { Series } from '#shared/model/index.ts';
import { Series as SeriesSchema } from '#shared/model/index.ts';
import { sampleTime } from '#test/samples/hit.ts';
import { LineSeries, type Span } from './line-series.ts';
import { generator } from './testing/random.ts';

const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;
const none: Span = { firstSeen: 0, lastSeen: 0, count: 0 };
const seed = 20_261_121;

/** A span from and to so many milliseconds after the sample time, which is the beginning of a minute. */
const span = (from: number, to: number, count: number): Span => ({
  firstSeen: sampleTime + from,
  lastSeen: sampleTime + to,
  count,
});

function seriesOf(...spans: Span[]): Series {
  const series = LineSeries.restore(undefined, none);
  for (const one of spans) series.add(one);
  return SeriesSchema.parse(series.written());
}

const total = ({ counts }: Series) => counts.reduce((sum, count) => sum + count, 0);

describe('lines over time', () => {
  it('are none where there is no line', () => {
    expect(LineSeries.restore(undefined, none).written()).toBeUndefined();
  });

  it('are counted in steps of 15 s at first', () => {
    const one = seriesOf(
      span(0, 0, 1),
      span(14_999, 14_999, 2),
      span(15_000, 15_000, 3),
      span(50_000, 50_000, 1),
    );
    expect(one).toEqual({ startAt: sampleTime, stepMs: 15_000, counts: [3, 3, 0, 1] });
  });

  it('are spread evenly where only the first and the last moment are known, with one at each end', () => {
    const { counts } = seriesOf(span(0, 60 * second, 102));
    expect(counts).toEqual([26, 25, 25, 25, 1]);
    expect(seriesOf(span(0, 45 * second, 2)).counts).toEqual([1, 0, 0, 1]);
  });

  it('take steps of twice the length where there would be more than sixty', () => {
    const minutely = Array.from({ length: 16 }, (_, index) => span(index * minute, index * minute, 1));
    expect(seriesOf(...minutely.slice(0, 15))).toMatchObject({ stepMs: 15_000, counts: { length: 57 } });
    const { stepMs, counts } = seriesOf(...minutely);
    expect(stepMs).toBe(30_000);
    expect(counts).toEqual(Array.from({ length: 31 }, (_, index) => (index % 2 === 0 ? 1 : 0)));
  });

  it('take late lines where they belong', () => {
    const one = seriesOf(span(10 * minute, 10 * minute, 5), span(0, 0, 2), span(5 * minute, 5 * minute, 1));
    expect(one).toMatchObject({ startAt: sampleTime, stepMs: 15_000 });
    expect([one.counts[0], one.counts[20], one.counts[40]]).toEqual([2, 1, 5]);
  });

  it('put what is far before all others to the first, and begin anew where that is what came first', () => {
    const wild = { firstSeen: 0, lastSeen: 0, count: 3 };
    const sane = span(0, 0, 1);
    for (const spans of [
      [wild, sane, span(minute, minute, 1)],
      [sane, wild, span(minute, minute, 1)],
      [sane, span(minute, minute, 1), wild],
    ])
      expect(seriesOf(...spans)).toEqual({ startAt: sampleTime, stepMs: 15_000, counts: [4, 0, 0, 0, 1] });
    const both = seriesOf(sane, { ...sane, firstSeen: 0, count: 1000 });
    expect(both.startAt).toBeGreaterThan(sampleTime - 8 * day);
    expect(total(both)).toBe(1001);
  });

  it('that an earlier version did not write down are taken to have been even', () => {
    const series = LineSeries.restore(undefined, span(0, 60 * second, 102));
    series.add(span(60 * second, 60 * second, 9));
    expect(series.written()?.counts).toEqual([26, 25, 25, 25, 10]);
  });

  it(`are all there, in order or not, cut by takeovers or not (seed ${seed})`, () => {
    const random = generator(seed);
    for (let round = 0; round < 300; round++) {
      const reach = [minute, 60 * minute, 3 * day, 400 * day][round % 4] ?? minute;
      const spans = Array.from({ length: 1 + Math.floor(random() * 60) }, () => {
        const from = Math.floor(random() * reach);
        const count = 1 + Math.floor(random() ** 4 * 100_000);
        return span(from, random() < 0.5 ? from : from + Math.floor(random() * reach), count);
      });
      let series = LineSeries.restore(undefined, none);
      for (const one of spans) {
        series.add(one);
        if (random() < 0.1) series = LineSeries.restore(SeriesSchema.parse(series.written()), none);
        const now = SeriesSchema.parse(series.written());
        expect(now.startAt % now.stepMs).toBe(0);
      }
      const written = SeriesSchema.parse(series.written());
      expect(total(written)).toBe(spans.reduce((sum, { count }) => sum + count, 0));
      expect(seriesOf(...spans)).toEqual(written);
      if (reach > 7 * day) continue;
      // No more steps than are needed, and no line outside of them.
      const first = Math.min(...spans.map(({ firstSeen }) => firstSeen));
      const last = Math.max(...spans.map(({ lastSeen }) => lastSeen));
      expect(written.startAt).toBe(Math.floor(first / written.stepMs) * written.stepMs);
      const end = written.startAt + written.counts.length * written.stepMs;
      expect(last).toBeGreaterThanOrEqual(end - written.stepMs);
      expect(last).toBeLessThan(end);
      if (written.stepMs > 15_000) {
        const half = written.stepMs / 2;
        expect(Math.floor(last / half) - Math.floor(first / half)).toBeGreaterThanOrEqual(60);
      }
      // Where each line's own moment is known, it stands in its own step, whatever the order.
      const points = spans.map(({ firstSeen, count }) => ({ firstSeen, lastSeen: firstSeen, count }));
      expect(seriesOf(...points)).toEqual(seriesOf(...points.toReversed()));
    }
  });
});
