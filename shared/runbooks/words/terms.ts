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
  /** All of it in lower case, without what joins its parts. */
  readonly whole: string;
  /** In lower case; only the whole where it has one part. */
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
  const parts = run.split(/[._-]/).flatMap((part) => part.match(humps) ?? [part]);
  const lower = parts.map((part) => part.toLowerCase());
  return { whole: lower.join(''), parts: lower };
}

/** What a word is looked up as: its stem, where it is English. */
export function stem(word: string): string {
  return /^[a-z]{3,}$/.test(word) ? stemmer(word) : word;
}

/** The terms of a piece that are worth looking up: Chinese in words, other words whole and in parts. */
export function termsOfPiece(piece: Piece): string[] {
  if ('han' in piece) return chineseTerms(piece.han);
  const { whole, parts } = piece.word;
  const worth = parts.filter((part) => part.length > 1 && !stopWords.has(part)).map(stem);
  // The whole of several parts is a term of its own, so that an identifier weighs more than the words that it is made of.
  if (parts.length > 1) return [whole, ...worth];
  return worth;
}

/**
 * Words by the dictionary. A word that it does not have comes apart into single characters (`网`, `卡`): these are paired with their
 * neighbours too, so that what stands together weighs more than what stands anywhere.
 */
function chineseTerms(text: string): string[] {
  const words = [...segmenter.segment(text)].map(({ segment }) => segment);
  const terms: string[] = [];
  for (const [index, word] of words.entries()) {
    if (stopWords.has(word)) continue;
    terms.push(word);
    const before = words[index - 1];
    if (before === undefined || stopWords.has(before) || (word.length > 1 && before.length > 1)) continue;
    terms.push(`${[...before].at(-1)}${[...word][0]}`);
  }
  return terms;
}
