import { differsInWords, type Group, likeness } from './group.ts';

/** Two lines of a template have at least this share of their words in common: the paper's `st`, at the value its authors use. */
const minShare = 0.4;

/** So many groups that differ in one word of a language show that it is a value (a name, a state) and no part of the event. */
const enoughSiblings = 6;

/** In a leaf with so many groups, words are values more often than not, and the paper's rule holds for them too. */
const crowded = 64;

/** Where a line belongs. */
export type Choice =
  | { readonly kind: 'fits'; readonly group: Group }
  /** Into `group`, and `others` with it. */
  | { readonly kind: 'generalises'; readonly group: Group; readonly others: readonly Group[] }
  | { readonly kind: 'new' };

/** The group of a leaf that a line belongs to. The line fits the most particular one; else it is the paper's choice, with evidence. */
export function choose(candidates: readonly Group[], words: readonly string[]): Choice {
  let fitting: Group | undefined;
  let fittingShare = -1;
  let like: Group | undefined;
  let likeShare = 0;
  const siblings = new Map<number, Group[]>();
  for (const group of candidates) {
    const found = likeness(group, words, minShare);
    if (found === undefined) continue;
    const { share, misfits } = found;
    if (misfits.length === 0) {
      if (share <= fittingShare) continue;
      fitting = group;
      fittingShare = share;
    } else if (fitting === undefined) {
      const isWord = misfits.some((place) => differsInWords(group, words, place));
      if (share > likeShare && (!isWord || candidates.length >= crowded)) {
        like = group;
        likeShare = share;
      }
      const [place] = misfits;
      if (isWord && misfits.length === 1 && place !== undefined)
        siblings.set(place, [...(siblings.get(place) ?? []), group]);
    }
  }
  if (fitting !== undefined) return { kind: 'fits', group: fitting };
  for (const [group, ...others] of siblings.values())
    if (group !== undefined && others.length + 1 >= enoughSiblings)
      return { kind: 'generalises', group, others };
  if (like !== undefined) return { kind: 'generalises', group: like, others: [] };
  return { kind: 'new' };
}
