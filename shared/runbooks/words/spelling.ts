import { distance } from 'fastest-levenshtein';

/** A shorter word is one letter away from too many others. */
const shortest = 4;
/** From so many letters on two of them may be wrong. */
const long = 9;
/** Words that one may be taken for. */
const mostMeant = 3;

/** Words that are known, to find what was meant by one that is not. */
export class Spelling {
  readonly #known: ReadonlySet<string>;
  /** By first letter: it is hardly ever the wrong one, and so there is little to compare with. */
  readonly #byLetter: ReadonlyMap<string, readonly string[]>;

  constructor(words: Iterable<string>) {
    this.#known = new Set([...words].filter((word) => /^[a-z]+$/.test(word) && word.length >= shortest));
    this.#byLetter = Map.groupBy([...this.#known].sort(), (word) => word.charAt(0));
  }

  has(word: string): boolean {
    return this.#known.has(word);
  }

  /** What was probably meant, the most probable first: letters swapped, one wrong, the beginning of a word, two wrong. */
  meantBy(word: string): readonly string[] {
    if (word.length < shortest || !/^[a-z]+$/.test(word) || this.#known.has(word)) return [];
    const swapped = swaps(word).filter((each) => this.#known.has(each));
    if (swapped.length > 0) return swapped.slice(0, mostMeant);
    const near = this.#within(word, word.length >= long ? 2 : 1);
    const closest = near.filter(({ far }) => far === 1);
    if (closest.length > 0) return best(closest);
    const longer = (this.#byLetter.get(word.charAt(0)) ?? []).filter((each) => each.startsWith(word));
    if (longer.length > 0) return longer.sort((a, b) => a.length - b.length).slice(0, mostMeant);
    return best(near);
  }

  #within(word: string, most: number): { word: string; far: number }[] {
    return (this.#byLetter.get(word.charAt(0)) ?? [])
      .filter((each) => Math.abs(each.length - word.length) <= most)
      .map((each) => ({ word: each, far: distance(each, word) }))
      .filter(({ far }) => far <= most);
  }
}

/** Letters are left out, and typed wrong, more often than there is one too many: longer words first. */
function best(near: readonly { word: string; far: number }[]): string[] {
  return near
    .toSorted((a, b) => a.far - b.far || b.word.length - a.word.length)
    .slice(0, mostMeant)
    .map(({ word }) => word);
}

function swaps(word: string): string[] {
  return Array.from(
    { length: word.length - 1 },
    (_, index) => word.slice(0, index) + word.charAt(index + 1) + word.charAt(index) + word.slice(index + 2),
  );
}
