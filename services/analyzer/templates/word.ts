import { variableMark } from './variables.ts';

/** Where a word is taken apart: what stands between two of these is one value. */
const isDelimiter = new Set('=:()[]{}"\',;/|@#&?!');

/** Whether a word could have been made from a template's word by filling in its variables. */
export function fits(templateWord: string, word: string): boolean {
  if (templateWord === word || templateWord === variableMark) return true;
  let mark = templateWord.indexOf(variableMark);
  if (mark < 0 || !word.startsWith(templateWord.slice(0, mark))) return false;
  let at = mark;
  for (;;) {
    const from = mark + variableMark.length;
    mark = templateWord.indexOf(variableMark, from);
    if (mark < 0) {
      const rest = templateWord.slice(from);
      return word.length - at >= rest.length && word.endsWith(rest);
    }
    const part = templateWord.slice(from, mark);
    const found = word.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
}

/** A template's word that both words fit: what they begin and end with in common, up to a delimiter, is kept. */
export function generalised(a: string, b: string): string {
  if (a === variableMark) return a;
  const [head, tail] = common(a, b);
  return a.slice(0, head) + variableMark + a.slice(a.length - tail);
}

/** A value with a digit in it, or of several parts: a word of a language has neither. */
const open = /\d|[a-z][._@/\\+-]+[a-z]/i;

/**
 * Whether two different words differ in what is a value by its form, on either side: nothing, a variable, or no word of a
 * language. Where they are two such words, they are as likely to tell two events apart.
 */
export function differByValue(a: string, b: string): boolean {
  const [head, tail] = common(a, b);
  return isValue(a.slice(head, a.length - tail)) && isValue(b.slice(head, b.length - tail));
}

function isValue(text: string): boolean {
  return open.test(text) || !/\p{L}/u.test(text.replaceAll(variableMark, ''));
}

/** How many characters the words begin and end with in common, up to a delimiter. */
function common(a: string, b: string): [head: number, tail: number] {
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head++;
  while (head > 0 && !isDelimiter.has(a[head - 1] ?? '')) head--;
  let tail = 0;
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  while (tail > 0 && !isDelimiter.has(a[a.length - tail] ?? '')) tail--;
  return [head, tail];
}

/** The same text in memory of its own: a part of a string keeps the whole alive, which may be a batch of many lines. */
export function copied(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
