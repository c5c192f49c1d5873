import { Jieba } from '@node-rs/jieba';
import { dict } from '@node-rs/jieba/dict.js';
import { stemmer } from 'stemmer';
import { stopWords } from './stop-words.ts';

/** A run of Chinese characters, or a word of other letters and digits with what joins its parts: `ORA-00060`, `CONN_RESET`. */
const runs = /(?<han>\p{sc=Han}+)|[[\p{L}\p{N}]--\p{sc=Han}]+(?:[._\-][[\p{L}\p{N}]--\p{sc=Han}]+)*/gv;
/** Parts of a word: `NullPointerException`, `v2`, `OOMKilled`. */
const humps = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|[^\p{Lu}\p{Ll}\p{N}]+|\p{N}+/gu;
/** A longer word is a hash, a key or a token: it is in no runbook, and would only fill the index. */
const longestWord = 64;

/** The dictionary is large: read when it is first needed, and held for all. */
let jieba: Jieba | undefined;

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

/** The terms of a piece that are worth looking up: Chinese in overlapping words (`域名解析`, `域名`, `解析`), other words whole and in parts. */
export function termsOfPiece(piece: Piece): string[] {
  if ('han' in piece) {
    jieba ??= Jieba.withDict(dict);
    return jieba.cutForSearch(piece.han, true).filter((term) => !stopWords.has(term));
  }
  const { whole, parts } = piece.word;
  const worth = parts.filter((part) => part.length > 1 && !stopWords.has(part)).map(stem);
  // The whole of several parts is a term of its own, so that an identifier weighs more than the words that it is made of.
  if (parts.length > 1) return [whole, ...worth];
  return worth;
}

/** The terms of a text, in its order and as often as they occur. */
export function termsOf(text: string): string[] {
  return piecesOf(text).flatMap(termsOfPiece);
}
