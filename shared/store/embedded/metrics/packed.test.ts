import { describe, expect, it } from 'vitest';
import { joined, pack, packMoment, type Summary, single, unpack } from './packed.ts';

describe('packed readings', () => {
  it('are read as they were written, at every level', () => {
    const values = new Map([
      [1, 41.5],
      [20, null],
      [3, -0.125],
    ]);
    expect(unpack(packMoment(values))).toEqual(
      new Map([...values].map(([description, value]) => [description, single(value)])),
    );
    const summaries = new Map<number, Summary>([
      [1, [10, 20, 21.5, 23, 22]],
      [2, [10, 12, 12, 12, 12]],
      [3, [4, null, null, null, null]],
    ]);
    expect(unpack(pack(summaries))).toEqual(summaries);
    expect(pack(summaries)).toBe('{"1":[10,20,21.5,23,22],"2":[10,12],"3":[4,null]}');
  });

  it('joined give what all of their readings give, whatever is joined first', () => {
    const values = [7, 3, 3, 11, 5, 2.5];
    const whole: Summary = [6, 2.5, values.reduce((a, b) => a + b) / 6, 11, 2.5];
    const summaries = values.map(single);
    const fromLeft = summaries.reduce(joined);
    const halves = joined(summaries.slice(0, 2).reduce(joined), summaries.slice(2).reduce(joined));
    for (const got of [fromLeft, halves])
      for (const [index, number] of got.entries()) expect(number).toBeCloseTo(whole[index] ?? 0, 9);
  });

  it('without a value count, and take nothing from those with one', () => {
    expect(joined(single(null), single(null))).toEqual([2, null, null, null, null]);
    expect(joined(single(4), single(null))).toEqual([2, 4, 4, 4, 4]);
    expect(joined(single(null), single(4))).toEqual([2, 4, 4, 4, 4]);
  });
});
