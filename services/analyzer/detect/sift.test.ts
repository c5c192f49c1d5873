import { describe, expect, it } from 'vitest';
import { createRandom } from '#test/integrity/random.ts';
import { createGate } from './gate.ts';
import { sift } from './sift.ts';

const gate = createGate(['error', 'oom', '宕机'].map((word) => ({ literal: Buffer.from(word), tags: [0] })));
const record = (value: Buffer | null) => ({ value });

describe('sift', () => {
  it('takes values without one, and without bytes, as they are', () => {
    expect([...sift(gate, [])]).toEqual([]);
    expect([...sift(gate, [record(null), record(Buffer.from('an ERROR')), record(Buffer.alloc(0))])]).toEqual(
      [0, 1, 0],
    );
  });

  it('may take a literal across a border for one of its neighbours, and loses nothing', () => {
    const memory = Buffer.from('xerrorx oom');
    const values = [memory.subarray(0, 3), memory.subarray(3, 7), memory.subarray(7)];
    expect(sift(gate, values.map(record))[2]).toBe(1);
  });

  const seed = Date.now() % 1_000_000;
  it(`says what a search of each value says, wherever the values lie (seed ${seed})`, () => {
    const random = createRandom(seed).next;
    const below = (limit: number) => Math.floor(random() * limit);
    const words = ['all well', 'error', 'OOM', '宕机', 'err', 'or', 'ERR0R', '\0'];
    let hits = 0;
    let count = 0;
    for (let round = 0; round < 300; round += 1) {
      const texts = Array.from({ length: below(30) }, () =>
        Array.from({ length: below(5) }, () => words[below(words.length)] ?? '').join(' '),
      );
      // In a few stretches of memory, with gaps of no bytes' width up to more than sift bridges.
      const memories = Array.from({ length: 3 }, () => Buffer.alloc(64 * 1024));
      const filled = [0, 0, 0];
      const values = texts.map((text) => {
        const which = random() < 0.9 ? 0 : below(3);
        const at = (filled[which] ?? 0) + (random() < 0.9 ? 1 + below(20) : below(2000) + 1);
        const memory = memories[which] ?? Buffer.alloc(0);
        const written = memory.write(text, at);
        filled[which] = at + written;
        return random() < 0.05 ? null : memory.subarray(at, at + written);
      });
      if (random() < 0.2) values.reverse();
      const expected = values.map((value) =>
        value !== null && gate.find(value, 0, value.length) !== -1 ? 1 : 0,
      );
      expect([...sift(gate, values.map(record))], JSON.stringify(texts)).toEqual(expected);
      hits += expected.filter((each) => each === 1).length;
      count += expected.length;
    }
    expect(hits).toBeGreaterThan(count / 5);
    expect(hits).toBeLessThan(count);
  });
});
