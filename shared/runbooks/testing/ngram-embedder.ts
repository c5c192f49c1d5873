import type { Embedder } from '../port.ts';

const dimension = 256;

/**
 * Vectors of hashed pairs of characters: the same for the same text, near for texts that share pairs. It understands nothing; it
 * is there to see what is done with vectors.
 */
export function ngramEmbedder(
  id = 'ngrams',
): Embedder & { readonly asked: string[][]; behave(how: 'well' | 'failing' | 'silent' | 'wrong'): void } {
  const asked: string[][] = [];
  let how: 'well' | 'failing' | 'silent' | 'wrong' = 'well';
  return {
    id,
    asked,
    behave: (next) => {
      how = next;
    },
    embed: async (texts, signal) => {
      asked.push([...texts]);
      if (how === 'failing') throw new Error('no model here');
      if (how === 'wrong') return texts.map(() => [3, 4]);
      if (how === 'silent')
        await new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
        );
      return texts.map(vectorOf);
    },
  };
}

function vectorOf(text: string): number[] {
  const counts = new Array<number>(dimension).fill(0);
  const letters = [...text.toLowerCase()];
  for (const [index, letter] of letters.entries()) {
    const pair = (letter.codePointAt(0) ?? 0) * 31 + (letters[index + 1]?.codePointAt(0) ?? 0);
    counts[pair % dimension] = (counts[pair % dimension] ?? 0) + 1;
  }
  const length = Math.hypot(...counts);
  return counts.map((count) => count / length);
}
