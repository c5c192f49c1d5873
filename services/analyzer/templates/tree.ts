import type { Group } from './group.ts';
import { variableMark } from './variables.ts';

/** Groups by the number of their words and their first word: depth 4 as the paper counts, with root and leaves. */
export interface Tree {
  /** The groups a line of these words may belong to, in the order in which they were made. */
  candidates(words: readonly string[]): readonly Group[];
  /** @returns all groups of the leaf that it is now in */
  add(group: Group): readonly Group[];
  remove(group: Group): void;
}

/** So many first words are told apart for each number of words; the rest share a node. The paper's `maxChild`. */
const maxChildren = 100;

type Leaf = { readonly key: string; readonly groups: Group[] };

export function createTree(): Tree {
  const byLength = new Map<number, Map<string, Leaf>>();
  const leafOf = new WeakMap<Group, Leaf>();

  return {
    candidates(words) {
      const byFirst = byLength.get(words.length);
      if (byFirst === undefined) return [];
      return (byFirst.get(words[0] ?? '') ?? byFirst.get(variableMark))?.groups ?? [];
    },
    add(group) {
      const { length } = group.words;
      const byFirst = byLength.get(length) ?? new Map<string, Leaf>();
      byLength.set(length, byFirst);
      const first = group.words[0] ?? '';
      const own = byFirst.has(first) || (!isVariable(first) && byFirst.size < maxChildren - 1);
      const key = own ? first : variableMark;
      const leaf = byFirst.get(key) ?? { key, groups: [] };
      byFirst.set(key, leaf);
      leaf.groups.push(group);
      leafOf.set(group, leaf);
      return leaf.groups;
    },
    remove(group) {
      const leaf = leafOf.get(group);
      const byFirst = byLength.get(group.words.length);
      if (leaf === undefined || byFirst === undefined) return;
      leaf.groups.splice(leaf.groups.indexOf(group), 1);
      if (leaf.groups.length === 0) byFirst.delete(leaf.key);
      if (byFirst.size === 0) byLength.delete(group.words.length);
    },
  };
}

/** A word with a digit or a variable in it is likely to differ in the next line. */
function isVariable(word: string): boolean {
  return /\d/.test(word) || word.includes(variableMark);
}
