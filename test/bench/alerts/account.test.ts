import { describe, expect, it } from 'vitest';
import { doubledIn, growth, mostWithin, Told, waitedMs } from './account.ts';

const id = (number: number): string => `0-00112233445566a${number}-m3k9x2p${number}`;
const card = (at: number, ...lines: string[]) => ({
  at,
  api: 'bot',
  seen: { title: 'a card', subtitle: '', text: lines.join('\n') },
});

describe('Told', () => {
  it('knows whom an accepted card names, in its list and its footer, and when first', () => {
    const told = new Told();
    told.take([card(10, `orders: broken ${id(1)}`, `${id(2)} r3`), card(20, `${id(1)} r4`)]);
    expect([...told.firstAt]).toEqual([
      [id(1), 10],
      [id(2), 10],
    ]);
    expect(told).toMatchObject({ cards: 2, digests: 0, doubled: 0 });
  });

  it('counts what was refused as nothing, and a card to the letter the same as doubled', () => {
    const told = new Told();
    told.take([{ at: 5, api: 'bot', code: 11232 }, card(10, `${id(1)} r1`), card(30, `${id(1)} r1`)]);
    expect(told).toMatchObject({ cards: 2, doubled: 1 });
    expect(told.firstAt).toEqual(new Map([[id(1), 10]]));
  });

  it('does not take the update of a card for another card', () => {
    const told = new Told();
    const first = { ...card(10, `${id(1)} r1`), api: 'create' };
    const update = { ...card(20, `shop: ${id(2)}`, `${id(1)} r1`), api: 'update' };
    told.take([first, update, update]);
    expect(told).toMatchObject({ cards: 1, updates: 2, doubled: 0 });
    expect(told.firstAt.get(id(2))).toBe(20);
  });

  it('tells a digest from a card', () => {
    const told = new Told();
    told.take([card(10, `critical orders ${id(1)}`, `info shop ${id(2)}`)]);
    expect(told).toMatchObject({ cards: 0, digests: 1 });
    expect(told.inDigestsFirst).toEqual(new Set([id(1), id(2)]));
  });
});

describe('doubledIn', () => {
  const state = (text: string) => ({ title: 'a card', subtitle: '', text });
  it('compares what messages said when they came, not what they say now', () => {
    const changed = { states: [state('a r1'), state('b r1')] };
    expect(doubledIn([changed, { states: [state('b r1')] }])).toBe(0);
    expect(doubledIn([changed, { states: [state('a r1')] }])).toBe(1);
  });
  it('compares replies to the same card', () => {
    const reply = (parentId: string) => ({ parentId, states: [], text: 'reopened' });
    expect(doubledIn([reply('om_1'), reply('om_2')])).toBe(0);
    expect(doubledIn([reply('om_1'), reply('om_1')])).toBe(1);
  });
});

describe('waitedMs', () => {
  const outages = [
    { from: 100, to: 200 },
    { from: 250, to: 300 },
  ];
  it.each([
    ['without an outage', 10, 40, 30],
    ['put while it is down: from when it is up', 150, 220, 20],
    ['over an outage: the longer of the stretches', 60, 210, 40],
    ['over two', 90, 310, 50],
    ['after them', 400, 430, 30],
    ['never told', 400, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ])('%s', (_, put, told, expected) => expect(waitedMs(put, told, outages)).toBe(expected));
});

describe('mostWithin', () => {
  it('slides, and does not count the end of the stretch', () => {
    expect(mostWithin(1000, [0, 999, 1000, 1500, 1998, 2500])).toBe(4);
    expect(mostWithin(1000, [0, 1000, 2000])).toBe(1);
    expect(mostWithin(1000, [])).toBe(0);
  });
});

describe('growth', () => {
  it('is the slope a minute', () => {
    const readings = [0, 1, 2, 3].map((minute) => ({ at: minute * 60_000, bytes: 100 + 7 * minute }));
    expect(growth(readings)).toBeCloseTo(7);
  });
});
