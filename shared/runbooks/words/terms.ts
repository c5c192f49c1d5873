import { stemmer } from 'stemmer';
import { stopWords } from './stop-words.ts';

/** A run of Chinese characters, or a word of other letters and digits with what joins its parts: `ORA-00060`, `CONN_RESET`. */
const runs = /(?<han>\p{sc=Han}+)|[[\p{L}\p{N}]--\p{sc=Han}]+(?:[._\-][[\p{L}\p{N}]--\p{sc=Han}]+)*/gv;
/** Parts of a word: `NullPointerException`, `v2`, `OOMKilled`. */
const humps = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|[^\p{Lu}\p{Ll}\p{N}]+|\p{N}+/gu;
/** A longer word is a hash, a key or a token: it is in no runbook, and would only fill the index. */
const longestWord = 64;

/** ICU's dictionary, which comes with Node; measured against others in docs/decisions/0007-runbook-search.md. */
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

/** What a word of letters and digits is split into. */
export interface Word {
  /** In lower case, without what joins its parts: what has several of them, all of it first, then what stands between two dots or hyphens. */
  readonly wholes: readonly string[];
  /** In lower case; at least one. */
  readonly parts: readonly string[];
}

/** A piece of a text, in its order. */
export type Piece = { readonly han: string } | { readonly word: Word };

/** Cuts a text into Chinese and other words; full-width letters are as narrow ones, and case decides no more than where a word is split. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (const match of text.normalize('NFKC').matchAll(runs)) {
    const [run] = match;
    if (match.groups?.han !== undefined) pieces.push({ han: run });
    else if (run.length <= longestWord) pieces.push({ word: wordOf(run) });
  }
  return pieces;
}

function wordOf(run: string): Word {
  const segments = run
    .split(/[._-]/)
    .map((segment) => (segment.match(humps) ?? [segment]).map((part) => part.toLowerCase()));
  const parts = segments.flat();
  const several = [parts, ...(segments.length > 1 ? segments : [])].filter((each) => each.length > 1);
  return { wholes: several.map((each) => each.join('')), parts };
}

/** What a word is looked up as: its stem, where it is English. */
export function stem(word: string): string {
  return /^[a-z]{3,}$/.test(word) ? stemmer(word) : word;
}

/** The terms of a piece that are worth looking up: Chinese in words, other words whole and in parts. */
export function termsOfPiece(piece: Piece): string[] {
  if ('han' in piece) return chineseTerms(piece.han);
  const { wholes, parts } = piece.word;
  const worth = parts.filter((part) => part.length > 1 && !stopWords.has(part));
  // A whole is a term of its own, so that an identifier weighs more than the words that it is made of.
  return [...wholes, ...worth].map(stem);
}

/**
 * Words by the dictionary. A word that it does not have comes apart into single characters (`网`, `卡`): these are paired with their
 * neighbours too, so that what stands together weighs more than what stands anywhere.
 */
function chineseTerms(text: string): string[] {
  const words = [...segmenter.segment(text)].map(({ segment }) => segment);
  const terms: string[] = [];
  for (const [index, word] of words.entries()) {
    if (!stopWords.has(word)) terms.push(word);
    const before = words[index - 1];
    if (before === undefined || (word.length > 1 && before.length > 1)) continue;
    terms.push(`${[...before].at(-1)}${[...word][0]}`);
  }
  return terms;
}
