import { describe, expect, it } from 'vitest';
import type { BusRecord } from './port.ts';
import { Quarantine } from './quarantine.ts';

const record = (offset: number): BusRecord => ({
  topic: 'input',
  partition: 0,
  offset,
  key: null,
  value: Buffer.from('x'),
  headers: {},
  timestamp: 0,
});
const records = (...offsets: number[]): BusRecord[] => offsets.map(record);
const offsetsOf = (portions: (readonly BusRecord[])[]): number[][] =>
  portions.map((portion) => portion.map(({ offset }) => offset));

describe('quarantine', () => {
  it('gives one by one only what lies in the failed batch', () => {
    const quarantine = new Quarantine();
    expect(offsetsOf(quarantine.portions(records(1, 2, 3)))).toEqual([[1, 2, 3]]);
    quarantine.suspect(3, 5);
    expect(offsetsOf(quarantine.portions(records(1, 2, 3, 4, 5, 6, 7)))).toEqual([
      [1, 2],
      [3],
      [4],
      [5],
      [6, 7],
    ]);
    quarantine.passed(4);
    expect(quarantine.isSuspect(5)).toBe(true);
    quarantine.passed(5);
    expect(quarantine.isSuspect(5)).toBe(false);
  });

  it('gives a condemned record no more, until its letter is written', () => {
    const quarantine = new Quarantine();
    const condemned = { record: record(2), reason: 'bad', after: 1 };
    quarantine.hold(condemned);
    expect(offsetsOf(quarantine.portions(records(1, 2, 3)))).toEqual([[1, 3]]);
    quarantine.settle([condemned]);
    expect(quarantine.due(100).letters).toEqual([]);
  });

  it('lets a letter go with the first transaction that covers what was given before it', () => {
    const quarantine = new Quarantine();
    const first = { record: record(7), reason: 'bad', after: 4 };
    const second = { record: record(8), reason: 'bad', after: 4 };
    const third = { record: record(12), reason: 'bad', after: 10 };
    for (const condemned of [third, second, first]) quarantine.hold(condemned);
    expect(quarantine.due(4)).toEqual({ letters: [], covers: 4 });
    expect(quarantine.due(5)).toEqual({ letters: [first, second], covers: 9 });
    expect(quarantine.due(11)).toEqual({ letters: [first, second, third], covers: 13 });
    expect(quarantine.due(40)).toEqual({ letters: [first, second, third], covers: 40 });
  });
});
