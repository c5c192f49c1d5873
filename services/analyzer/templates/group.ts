import { hash } from 'node:crypto';
import { variableMark } from './variables.ts';
import { copied, differByValue, fits, generalised } from './word.ts';

/** A template while it is being learned. */
export interface Group {
  readonly words: string[];
  id: string;
  text: string;
  /** Masked lines known to belong to it, so that the next one like them need not be compared. */
  readonly lines: string[];
  /** What it takes in memory with its lines and its place in the tree, estimated from above. */
  bytes: number;
  /** When it was last used, counted in uses of any group. */
  lastUse: number;
  /** Neighbours by recency. */
  older: Group | undefined;
  newer: Group | undefined;
}

/** What a group takes beside its words: the object, its links and arrays, its id, a node and a key of the tree. In bytes. */
const groupBytes = 800;
/** What a word takes beside its characters: the string's head, its place in the array. In bytes. */
const wordBytes = 32;

export function createGroup(words: readonly string[]): Group {
  const group: Group = {
    words: words.map(copied),
    id: '',
    text: '',
    lines: [],
    bytes: 0,
    lastUse: 0,
    older: undefined,
    newer: undefined,
  };
  label(group);
  return group;
}

function label(group: Group): void {
  group.bytes -= ownBytes(group);
  group.text = group.words.join(' ');
  group.id = hash('sha1', group.text, 'hex').slice(0, 16);
  group.bytes += ownBytes(group);
}

function ownBytes({ text, words }: Group): number {
  if (text === '' && words.length > 0) return 0;
  // Two bytes a character, in the words, in the text, and once as a key of the tree.
  return groupBytes + words.length * wordBytes + text.length * 6;
}

/** How a line stands to a group of as many words. */
export interface Likeness {
  /**
   * The share of words that are equal, 0 to 1. A variable says nothing for the group, unless the line's word is known by its form
   * to be one as well.
   */
  readonly share: number;
  /** Places of words that do not fit. */
  readonly misfits: readonly number[];
}

/** How alike they are, or `undefined` where the line neither fits the group nor has `minShare` of its words. */
export function likeness(group: Group, words: readonly string[], minShare: number): Likeness | undefined {
  const { length } = words;
  const mayDiffer = length * (1 - minShare);
  const misfits: number[] = [];
  let equal = 0;
  for (let i = 0; i < length; i++) {
    const mine = group.words[i] ?? '';
    const its = words[i] ?? '';
    if (mine === its) equal++;
    else if (mine === variableMark) continue;
    else if (fits(mine, its)) equal++;
    else {
      misfits.push(i);
      if (misfits.length > mayDiffer) return undefined;
    }
  }
  const share = length === 0 ? 1 : equal / length;
  return misfits.length === 0 || share >= minShare ? { share, misfits } : undefined;
}

/** Whether the group and the line differ at this place in two words of a language. */
export function differsInWords(group: Group, words: readonly string[], place: number): boolean {
  return !differByValue(group.words[place] ?? '', words[place] ?? '');
}

/** Makes the group fit the words; whether it has changed. */
export function generalise(group: Group, words: readonly string[]): boolean {
  let changed = false;
  for (let i = 0; i < words.length; i++) {
    const mine = group.words[i] ?? '';
    const its = words[i] ?? '';
    if (fits(mine, its)) continue;
    group.words[i] = copied(generalised(mine, its));
    changed = true;
  }
  if (changed) label(group);
  return changed;
}
