import { mask } from '../detect/mask.ts';

/** Of a line, in characters. */
const maxText = 1000;

/** What an incident or finding is about, in words: its title and its first line without what varies. */
export function wordsOf(one: {
  readonly title: string;
  readonly exemplars: readonly { readonly text: string }[];
}): ReadonlySet<string> {
  const text = `${one.title} ${mask(firstLine(one.exemplars[0]?.text ?? ''))}`.toLowerCase();
  // A Chinese character is a word of its own.
  return new Set(text.match(/\p{Script=Han}|[\p{L}\p{N}_]+/gu) ?? []);
}

/** The share of words that both have of all that either has (Jaccard's index): 0 to 1. */
export function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  if (one.size === 0 || other.size === 0) return 0;
  let both = 0;
  for (const word of one) if (other.has(word)) both += 1;
  return both / (one.size + other.size - both);
}

export function firstLine(text: string): string {
  return text.slice(0, maxText).split('\n', 1)[0] ?? '';
}
