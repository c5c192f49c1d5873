import { createRandom } from '#test/integrity/random.ts';

/** Numbers in [0, 1) from a seed (mulberry32, Tommy Ettinger 2017, public domain). */
export function generator(seed: number): () => number {
  return createRandom(seed).next;
}
