import { describe, expect, it } from 'vitest';
import { doubledIn, Told } from './told.ts';

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
