import { afterAll, describe, expect, it, vi } from 'vitest';
import { kafkaAddress } from '#test/stack/addresses.ts';
import { copyStage, makeTopic, patience, unique } from '../contract/harness.ts';
import { deal } from './sticky-assigner.ts';
import { TestBuses } from './test-bus.ts';

const claim = (confirmedAt: number, ...partitions: number[]) => ({ partitions, confirmedAt });
const dealt = (partitions: number, claims: Record<string, ReturnType<typeof claim>>) =>
  Object.fromEntries(
    deal(
      Array.from({ length: partitions }, (_, partition) => partition),
      new Map(Object.entries(claims)),
    ),
  );

describe('deal', () => {
  it('deals evenly where nobody has anything', () => {
    expect(dealt(5, { a: claim(0), b: claim(0) })).toEqual({ a: [0, 2, 4], b: [1, 3] });
  });
  it('leaves the one partition where it is, whoever comes', () => {
    expect(dealt(1, { a: claim(0), b: claim(9, 0), c: claim(0) })).toEqual({ a: [], b: [0], c: [] });
  });
  it('takes from one that has too many only what is another’s by right', () => {
    expect(dealt(4, { a: claim(9, 0, 1, 2, 3), b: claim(0) })).toEqual({ a: [0, 1], b: [2, 3] });
    expect(dealt(5, { a: claim(9, 1, 2), b: claim(9, 0, 3, 4) })).toEqual({ a: [1, 2], b: [0, 3, 4] });
  });
  it('gives what is left by one that went to those who have fewest', () => {
    expect(dealt(4, { a: claim(9, 0, 1), b: claim(9, 3) })).toEqual({ a: [0, 1], b: [2, 3] });
  });
  it('does not believe one that was away for long', () => {
    expect(dealt(1, { a: claim(1000, 0), b: claim(9000, 0) })).toEqual({ a: [], b: [0] });
  });
  it('ignores partitions that there are not', () => {
    expect(dealt(1, { a: claim(9, 7), b: claim(9, 0) })).toEqual({ a: [], b: [0] });
  });
});

const kafka = kafkaAddress();
describe.skipIf(kafka === undefined)('members of a group on real Kafka', () => {
  const buses = new TestBuses(kafka ?? '');
  afterAll(() => buses.close());

  it('take nothing from the one that works, however many come', async () => {
    const { bus, join } = await buses.harness();
    const [input, output, group] = [await makeTopic(bus), await makeTopic(bus), unique('group')];
    const first = await join(copyStage(group, input, output, 'first'));
    await vi.waitUntil(() => first.member.active().length === 1, patience);
    const standbys = [];
    for (const by of ['b', 'c', 'd', 'e', 'f']) {
      standbys.push(await join(copyStage(group, input, output, by)));
      expect(first.member.active()).toEqual([0]);
      expect(standbys.flatMap(({ member }) => member.active())).toEqual([]);
    }
    await Promise.all([first, ...standbys].map(({ member }) => member.stop()));
  });
});
