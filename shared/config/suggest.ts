import { distance } from 'fastest-levenshtein';

/** What was probably meant: the nearest candidate, at most a third of the word's letters (or two letters swapped) away. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, far: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ far }) => far <= Math.max(word.length > 3 ? 2 : 1, Math.floor(word.length / 3)))
    .sort((a, b) => a.far - b.far);
  return ranked[0]?.candidate;
}
