import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createRandom } from '#test/integrity/random.ts';
import { compileWasm, gramSearchSource, gramSearchWasm } from './compile-wasm.ts';
import { createGate } from './gate.ts';

const literal = (text: string, tag = 0) => ({ literal: Buffer.from(text), tags: [tag] });
const find = (literals: readonly string[], text: string, from = 0, to?: number) => {
  const bytes = Buffer.from(text);
  return createGate(literals.map((each) => literal(each))).find(bytes, from, to ?? bytes.length);
};

/** Where it says that something is; the place is anywhere within the literal. */
const isWithin = (place: number, start: number, length: number) => place >= start && place < start + length;

describe('createGate', () => {
  it('finds a literal in any ASCII case, wherever it stands', () => {
    expect(find(['connection refused', 'fatal'], 'ConNection REFUSED')).toSatisfy((at) =>
      isWithin(at, 0, 18),
    );
    expect(find(['connection refused', 'fatal'], 'x FATAL')).toSatisfy((at) => isWithin(at, 2, 5));
    expect(find(['connection refused', 'fatal'], 'connection refuse')).toBe(-1);
  });

  it('finds Chinese bytes, and does not fold what is not ASCII', () => {
    expect(find(['宕机'], '数据库宕机')).toSatisfy((at) => isWithin(at, 9, 6));
    expect(find(['é1é'], 'É1É')).toBe(-1);
    // The filter takes these for one another: @ and `, [ and {.
    expect(find(['a@[b'], 'a`{b')).toBe(-1);
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

  it('finds every literal of many at one place, and goes on where its list of hits is full', () => {
    const literals = Array.from({ length: 300 }, (_, index) => literal('a'.repeat(3 + index), index));
    const gate = createGate(literals);
    const bytes = Buffer.from('A'.repeat(400));
    const into = new Set<number>();
    gate.collect(bytes, 0, bytes.length, into);
    expect(into.size).toBe(300);
    const occurrences = literals.reduce((sum, each) => sum + 400 - each.literal.length + 1, 0);
    expect(gate.places(bytes, 0, bytes.length)).toHaveLength(occurrences);
  });

  it('finds what lies across the borders of its pieces', () => {
    const border = 128 * 1024;
    const words = ['abc', 'abcde', 'abcdefg', 'abcdefgh and a longer one'];
    for (const word of words) {
      const gate = createGate([literal(word)]);
      for (let start = border - word.length - 2; start <= border + 2; start += 1) {
        const bytes = Buffer.alloc(2 * border + 100, '.');
        bytes.write(word.toUpperCase(), start);
        bytes.write(word, start + border);
        const [one = -1, two = -1, ...more] = gate.places(bytes, 0, bytes.length);
        expect(isWithin(one, start, word.length), `${word} at ${start}`).toBe(true);
        expect(isWithin(two, start + border, word.length), `${word} at ${start + border}`).toBe(true);
        expect(more).toEqual([]);
      }
    }
  });

  const seed = Date.now() % 1_000_000;
  it(`agrees with a plain search on random bytes over small alphabets (seed ${seed})`, () => {
    const random = createRandom(seed).next;
    const below = (limit: number) => Math.floor(random() * limit);
    const alphabets = ['ab', 'abAB.5', 'a@`[{A', 'ab\xc9\xe9\x00\xff', 'error: NOT found'];
    let hits = 0;
    let misses = 0;
    for (let round = 0; round < 3000; round += 1) {
      const alphabet = alphabets[below(alphabets.length)] ?? '';
      const word = (length: number) =>
        Array.from({ length }, () => alphabet[below(alphabet.length)] ?? '').join('');
      const shortest = 3 + below(6);
      const literals = Array.from({ length: 1 + below(8) }, () => foldAscii(word(shortest + below(8))));
      const whole = word(below(200));
      const [from, to] = [below(4), whole.length - below(4)];
      const text = foldAscii(whole.slice(from, Math.max(from, to)));
      const expected = literals.map((each) => occurrences(text, each).map((at) => at + from));
      const bytes = Buffer.from(whole, 'latin1');
      const gate = createGate(
        literals.map((each, tag) => ({ literal: Buffer.from(each, 'latin1'), tags: [tag] })),
      );
      const message = JSON.stringify({ literals, whole, from, to });

      const into = new Set<number>();
      gate.collect(bytes, from, to, into);
      const tags = expected.flatMap((starts, tag) => (starts.length > 0 ? [tag] : []));
      expect([...into].sort(), message).toEqual(tags);

      const places = gate.places(bytes, from, to);
      const different = new Map(literals.map((each, tag) => [each, expected[tag] ?? []]));
      expect(places, message).toHaveLength([...different.values()].flat().length);
      expect(places, message).toEqual(places.toSorted((a, b) => a - b));
      for (const [each, starts] of different)
        for (const start of starts)
          expect(
            places.some((place) => isWithin(place, start, each.length)),
            message,
          ).toBe(true);
      expect(gate.find(bytes, from, to)).toBe(places[0] ?? -1);
      if (tags.length > 0) hits += 1;
      else misses += 1;
    }
    // Some 525 of 3,000, give or take 21: the bound is six deviations away, for the seed is another each time.
    expect(hits).toBeGreaterThan(400);
    expect(misses).toBeGreaterThan(500);
  });
});

const foldAscii = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

function occurrences(text: string, word: string): number[] {
  const starts: number[] = [];
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) starts.push(at);
  return starts;
}

describe('gram-search.wasm', () => {
  it('is what its source compiles to', async () => {
    expect(Buffer.from(await compileWasm(gramSearchSource)).equals(await readFile(gramSearchWasm))).toBe(
      true,
    );
  });
});
