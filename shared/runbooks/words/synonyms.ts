import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Piece, piecesOf, stem } from './terms.ts';

const Synonyms = z.record(z.string(), z.array(z.union([z.string(), z.number().transform(String)])));

/** Characters that may stand between the two parts of a phrase that is written with `*`. */
const gap = 10;
/** Marks the terms of groups among those of texts; no text has it. */
const mark = '~';

interface Phrase {
  /** The term of its group. */
  readonly term: string;
  /** Looked for first, for that is fast. */
  readonly first: string;
  /** The whole phrase, where it has a gap. */
  readonly pattern: RegExp | undefined;
}

/** Groups of phrases that mean the same. */
export interface Synonyms {
  /** A term for each group of which a phrase occurs. */
  groupsIn(pieces: readonly Piece[]): string[];
  /** The English words in it, in lower case: words that may be meant by a misspelt one. */
  readonly words: readonly string[];
}

/** The groups of `synonyms.yaml`. */
export function readSynonyms(): Synonyms {
  const text = readFileSync(new URL('./synonyms.yaml', import.meta.url), 'utf8');
  const phrases = Object.entries(Synonyms.parse(parse(text))).flatMap(([name, phrases]) =>
    phrases.map((phrase) => phraseOf(phrase, mark + name)),
  );
  const byStart = Map.groupBy(phrases, ({ first }) => startsOf(first)[0] ?? '');
  const words = [
    ...new Set(
      text
        .normalize('NFKC')
        .toLowerCase()
        .match(/[a-z]{3,}/g) ?? [],
    ),
  ];
  return {
    groupsIn: (pieces) => {
      const text = spelledOut(pieces);
      const found = new Set<string>();
      for (const start of new Set(startsOf(text)))
        for (const phrase of byStart.get(start) ?? [])
          if (!found.has(phrase.term) && occurs(phrase, text)) found.add(phrase.term);
      return [...found];
    },
    words,
  };
}

/** How a term is shown to people. */
export function shownTerm(term: string): string {
  return term.startsWith(mark) ? term.slice(mark.length) : term;
}

/** What a phrase may begin with: each Chinese character, and each other word. */
function startsOf(text: string): string[] {
  return text.match(/\p{sc=Han}|[^\p{sc=Han} ]+/gu) ?? [];
}

function phraseOf(phrase: string, term: string): Phrase {
  const parts = phrase.split('*').map((part) => spelledOut(piecesOf(part)));
  const [first = ''] = parts;
  if (parts.length === 1) return { term, first, pattern: undefined };
  const escaped = parts.map((part) => part.replaceAll(/[^\p{L}\p{N} ]/gu, '\\$&'));
  return { term, first, pattern: new RegExp(escaped.join(`.{0,${gap}}?`), 'su') };
}

function occurs({ first, pattern }: Phrase, text: string): boolean {
  return text.includes(first) && (pattern === undefined || pattern.test(text));
}

/**
 * A text as phrases are looked for in it: Chinese as it stands, the parts of other words by their stems, each between two spaces of its own,
 * so that one is never found within another.
 */
function spelledOut(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) => ('han' in piece ? piece.han : piece.word.parts.map((part) => ` ${stem(part)} `).join('')))
    .join('');
}
