import { describe, expect, it } from 'vitest';
import { createRandom } from '#test/integrity/random.ts';
import { createGate } from './gate.ts';

const literal = (text: string, tag = 0) => ({ literal: Buffer.from(text), tags: [tag] });
const find = (literals: readonly string[], text: string, from = 0, to?: number) => {
  const bytes = Buffer.from(text);
  return createGate(literals.map((each) => literal(each))).find(bytes, from, to ?? bytes.length);
};

describe('createGate', () => {
  it('finds a literal in any ASCII case, wherever it stands', () => {
    expect(find(['connection refused', 'fatal'], 'ConNection REFUSED')).toBe(0);
    expect(find(['connection refused', 'fatal'], 'x FATAL')).toBe(2);
    expect(find(['connection refused', 'fatal'], 'connection refuse')).toBe(-1);
  });

  it('finds Chinese bytes, and does not fold what is not ASCII', () => {
    expect(find(['宕机'], '数据库宕机')).toBe(9);
    expect(find(['é1é'], 'É1É')).toBe(-1);
  });

  it('keeps to its range', () => {
    expect(find(['abc'], 'abc abc', 1)).toBe(4);
    expect(find(['abc'], 'abc abc', 1, 6)).toBe(-1);
    expect(find(['abc'], '', 0)).toBe(-1);
  });

  it('collects the tags of all literals, overlapping and equal ones too', () => {
    const gate = createGate([
      literal('timeout', 1),
      literal('Time', 2),
      literal('out of', 3),
      literal('timeout', 4),
    ]);
    const into = new Set<number>();
    const bytes = Buffer.from('a TIMEOUT of b');
    gate.collect(bytes, 0, bytes.length, into);
    expect([...into].sort()).toEqual([1, 2, 3, 4]);
  });

  it('finds nothing where it has nothing to look for, and refuses what is too short', () => {
    expect(createGate([]).find(Buffer.from('abc'), 0, 3)).toBe(-1);
    expect(() => createGate([literal('ab')])).toThrow(RangeError);
  });

  it('agrees with a plain search on random text over a small alphabet', () => {
    const random = createRandom(20_261_121).next;
    const word = (length: number) =>
      Array.from({ length }, () => 'abAB.5'[Math.floor(random() * 6)] ?? 'a').join('');
    for (let round = 0; round < 1500; round += 1) {
      const literals = Array.from({ length: 1 + Math.floor(random() * 6) }, () =>
        word(3 + Math.floor(random() * 7)).toLowerCase(),
      );
      const text = word(Math.floor(random() * 60));
      const positions = literals.map((each) => text.toLowerCase().indexOf(each));
      const found = find(literals, text);
      expect(found !== -1, `${literals} in ${text}`).toBe(positions.some((position) => position !== -1));
      if (found !== -1)
        expect(literals.some((each) => text.toLowerCase().startsWith(each, found))).toBe(true);
    }
  });
});
