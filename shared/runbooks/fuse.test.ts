import { expect, it } from 'vitest';
import { fuseRanks, pickVaried } from './fuse.ts';

it('sums 1 / (60 + rank) over the rankings', () => {
  const scores = fuseRanks([
    ['a', 'b'],
    ['b', 'c', 'a'],
  ]);
  expect(scores.get('a')).toBeCloseTo(1 / 61 + 1 / 63, 12);
  expect(scores.get('b')).toBeCloseTo(1 / 62 + 1 / 61, 12);
  expect(scores.get('c')).toBeCloseTo(1 / 62, 12);
});

it('counts each further one of a group for less, and keeps the order within it', () => {
  const of = (name: string, score: number) => ({ group: name.charAt(0), name, score });
  const candidates = [of('b1', 85), of('a1', 100), of('a2', 99), of('a3', 98), of('c1', 70)];
  const pick = (limit: number) => pickVaried(candidates, ({ group }) => group, limit).map(({ name }) => name);
  expect(pick(9)).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
  expect(pick(2)).toEqual(['a1', 'b1']);
  expect(pick(-1)).toEqual([]);
});
