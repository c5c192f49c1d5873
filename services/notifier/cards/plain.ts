import { stripVTControlCharacters } from 'node:util';

/** Controls, format characters (zero-width, bidirectional overrides, tags) and lone surrogates: what hides, reorders or breaks text. */
const hiding = /[[\p{Cc}\p{Cf}\p{Cs}]--[\n\t]]/gv;
/** Ranges without any of these, nor another line break than `\n`: a text of nothing else, as most are, is plain already. */
const ordinary =
  /^[\n\t\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u3000-\ud7ff\uff00-\uffef\ufffd\u{1f000}-\u{1faff}]*$/u;

/**
 * Text from a log as it may stand on a card: terminal sequences and format characters gone, other controls and lone
 * surrogates as U+FFFD, every kind of line break as `\n`. To be called before any escaping, so that nothing can hide in the
 * middle of what the escaping looks for.
 */
export function plain(text: string): string {
  if (ordinary.test(text)) return text;
  return stripVTControlCharacters(text.toWellFormed())
    .replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replaceAll(hiding, (character) => (/\p{Cf}/u.test(character) ? '' : '\uFFFD'));
}

/** A text that is plain already, on one line, runs of white space as one space. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Where a sentence, a clause or a word ends, in Latin and in Chinese text. */
const breaks = /[\s,.;!?，。；！？、）)\]】》]/;

/**
 * The first `limit` UTF-16 units of the text at most, ended at the last break within its last fifth where there is one, never
 * inside a surrogate pair, with `mark` after it where something is missing. The mark is not counted.
 */
export function cut(text: string, limit: number, mark = '…'): string {
  if (text.length <= limit) return text;
  let end = limit;
  for (let index = limit; index > limit * 0.8; index--)
    if (breaks.test(text.charAt(index - 1))) {
      end = index;
      break;
    }
  const code = text.charCodeAt(end - 1);
  if (code >= 0xd800 && code <= 0xdbff) end--;
  return text.slice(0, end).trimEnd() + mark;
}
