import { choose } from './choose.ts';
import { createGroup, type Group, generalise } from './group.ts';
import { maskLine } from './mask-line.ts';
import { createRecency } from './recency.ts';
import { createTree } from './tree.ts';
import { copied } from './word.ts';

/** What templates are learned with. */
export interface TemplatesOptions {
  /** The most memory that all templates may take, in bytes, 256 KiB or more; the least recently used go first. */
  readonly maxBytes: number;
}

/** A template as it stands now. */
export interface Template {
  /** 16 hexadecimal digits, from `text` alone: every member that has this template knows it by the same one. */
  readonly id: string;
  /** The words all its lines share, `<*>` where they differ, with one blank between two. */
  readonly text: string;
}

/** What a line has taught. */
export interface Learned extends Template {
  /** The ids of the templates that this line has made into this one: their counts are now its. Mostly none. */
  readonly formerIds: readonly string[];
}

/** Templates of log lines, learned as the lines come. */
export interface Templates {
  /** The template of a line, made or generalised by it if need be. The line fits it. */
  learn(line: string): Learned;
  /** The template that a line fits as it stands, or `undefined`; nothing is learned. */
  find(line: string): Template | undefined;
  /** Puts back a template that was learned before, by its text, as the one used last. */
  restore(text: string): void;
  /** All templates, the least recently used first. */
  all(): Template[];
  readonly count: number;
  /** Estimated from above. */
  readonly bytes: number;
  /** How many have had to go since the start. */
  readonly evicted: number;
}

/** A leaf has no more groups: a line is compared with each of them, and hostile lines could make any number. */
const maxLeaf = 256;

/** A line of the greatest length, all variables, takes less. In bytes. */
const minBytes = 256 * 1024;

/** So many masked lines a group remembers; with more, its variables are not known by their form, and none is likely to return. */
const maxLines = 32;
/** What a remembered line takes beside its characters: an entry of a map, two references. In bytes. */
const lineBytes = 96;

/**
 * Drain: an online parser that finds a line's template by its number of words, its first word, and then its likeness to the few
 * templates there.
 *
 * Deterministic: the same lines in the same order give the same templates and evictions. Pure: no clock, no randomness.
 *
 * @throws RangeError where `maxBytes` is too little for one line
 * @see He, Zhu, Zheng, Lyu, "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017; where it differs and why:
 * docs/decisions/0004-templates.md
 */
export function createTemplates({ maxBytes }: TemplatesOptions): Templates {
  if (!(maxBytes >= minBytes))
    throw new RangeError(`maxBytes is ${maxBytes}; it has to be ${minBytes} or more`);
  const tree = createTree();
  const recency = createRecency();
  const groupOfLine = new Map<string, Group>();
  let bytes = 0;
  let evicted = 0;

  function add(words: readonly string[]): Group {
    const group = createGroup(words);
    recency.add(group);
    bytes += group.bytes;
    const leaf = tree.add(group);
    if (leaf.length > maxLeaf) evict(leaf.reduce((a, b) => (a.lastUse < b.lastUse ? a : b)));
    return group;
  }

  function remove(group: Group): void {
    forgetLines(group);
    recency.remove(group);
    tree.remove(group);
    bytes -= group.bytes;
  }

  function evict(group: Group): void {
    remove(group);
    evicted++;
  }

  function remember(line: string, group: Group): void {
    if (group.lines.length >= maxLines) forgetLines(group);
    const own = copied(line);
    groupOfLine.set(own, group);
    group.lines.push(own);
    const taken = lineBytes + line.length * 2;
    group.bytes += taken;
    bytes += taken;
  }

  function forgetLines(group: Group): void {
    for (const line of group.lines) {
      groupOfLine.delete(line);
      group.bytes -= lineBytes + line.length * 2;
      bytes -= lineBytes + line.length * 2;
    }
    group.lines.length = 0;
  }

  function makeRoom(): void {
    while (bytes > maxBytes) {
      const oldest = recency.oldest();
      if (oldest === undefined) return;
      evict(oldest);
    }
  }

  /** Makes `group` fit the words, and the others' words, and takes the others away. */
  function join(group: Group, others: readonly Group[], words: readonly string[]): void {
    const before = group.bytes;
    for (const other of others) generalise(group, other.words);
    generalise(group, words);
    bytes += group.bytes - before;
    for (const other of others) remove(other);
  }

  return {
    learn(line) {
      const masked = maskLine(line);
      let group = groupOfLine.get(masked);
      if (group !== undefined) {
        recency.touch(group);
        return { id: group.id, text: group.text, formerIds: none };
      }
      const words = wordsOf(masked);
      const choice = choose(tree.candidates(words), words);
      let formerIds: readonly string[] = none;
      if (choice.kind === 'new') group = add(words);
      else {
        group = choice.group;
        if (choice.kind === 'generalises') {
          formerIds = [group, ...choice.others].map(({ id }) => id);
          join(group, choice.others, words);
        }
        recency.touch(group);
      }
      remember(masked, group);
      const { id, text } = group;
      makeRoom();
      return { id, text, formerIds };
    },
    find(line) {
      const masked = maskLine(line);
      const known = groupOfLine.get(masked);
      if (known !== undefined) return { id: known.id, text: known.text };
      const words = wordsOf(masked);
      const choice = choose(tree.candidates(words), words);
      return choice.kind === 'fits' ? { id: choice.group.id, text: choice.group.text } : undefined;
    },
    restore(text) {
      const words = wordsOf(text);
      const known = tree.candidates(words).find((group) => group.text === words.join(' '));
      if (known === undefined) add(words);
      else recency.touch(known);
      makeRoom();
    },
    all: () => recency.all().map(({ id, text }) => ({ id, text })),
    get count() {
      return recency.count;
    },
    get bytes() {
      return bytes;
    },
    get evicted() {
      return evicted;
    },
  };
}

const none: readonly string[] = [];

function wordsOf(masked: string): string[] {
  return masked.trim().split(/\s+/);
}
