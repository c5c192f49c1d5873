import { digitVariable, letterVariable, slashVariable, variableMark } from './variables.ts';

/** Lines are read up to here; what differs further on is the same template. In characters. */
export const maxLine = 4096;

const other = 0;
const letter = 1;
const digit = 2;
const hyphen = 3;
const sign = 4;
const slash = 5;
const colon = 6;

const classOf = new Uint8Array(65_536);
for (const [characters, kind] of [
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_', letter],
  ['0123456789', digit],
  ['-', hyphen],
  ['+', sign],
  ['/', slash],
  [':', colon],
] as const)
  for (const character of characters) classOf[character.charCodeAt(0)] = kind;

/** What may follow the colon in a hardware address or behind a drive. */
const isColonsNext = new Set('0123456789abcdefABCDEF:\\');

/** A longer word is looked at in parts of this length, or a hostile one would be read again from each of its hyphens. */
const maxWord = 64;

const dateNames = new Set(
  'mon tue wed thu fri sat sun jan feb mar apr may jun jul aug sep oct nov dec'.split(' '),
);

/** What may follow a number that ends there. */
const isNumbersNext = new Set(['', ' ', ')', ']', '"', "'", ';', '\t', '\n', '\r']);

/**
 * The line with every variable that can be told by its form replaced by {@link variableMark}, in one pass.
 *
 * The same as replacing any of `allVariables` everywhere, but the regex is tried only where one of its alternatives can begin: a
 * line is mostly words without digits, and they cost one look at each character.
 */
export function maskLine(whole: string): string {
  const line = whole.length > maxLine ? whole.slice(0, maxLine) : whole;
  const { length } = line;
  let masked = '';
  let kept = 0;
  let at = 0;
  while (at < length) {
    const kind = classOf[line.charCodeAt(at)];
    if (kind === other) {
      at++;
      continue;
    }
    let end = at + 1;
    let found = -1;
    let after = -1;
    if (kind === letter || kind === digit) {
      let letters = kind === letter ? 1 : 0;
      let digits = 1 - letters;
      let part = at;
      const limit = Math.min(length, at + maxWord);
      for (; end < limit; end++) {
        const next = classOf[line.charCodeAt(end)];
        if (next === letter) letters++;
        else if (next === digit) digits++;
        else if (next === hyphen) part = end + 1;
        else break;
      }
      if (digits === end - at && digits <= 32 && endsNumber(line, end) && !isWordAt(line, at - 1)) {
        found = at;
        after = end;
      } else if (digits > 0 || end - at === maxWord || mayBeVariable(line, at, part, end)) {
        for (let from = at; from < end; from++) {
          if (from !== at && !isHyphenAt(line, from) && !isHyphenAt(line, from - 1)) continue;
          after = variableEnd(line, from);
          if (after < 0) continue;
          found = from;
          break;
        }
      }
    } else if (
      kind === slash ||
      isDigitAt(line, end) ||
      (kind === colon && isWordAt(line, at - 1) && isColonsNext.has(line[end] ?? ''))
    ) {
      after = variableEnd(line, at);
      if (after >= 0) found = at;
    }
    if (found < 0) {
      at = end;
      continue;
    }
    masked += line.slice(kept, found) + variableMark;
    at = after;
    kept = after;
  }
  return kept === 0 ? line : masked + line.slice(kept);
}

/** Where the variable that begins here ends, or -1. */
function variableEnd(line: string, at: number): number {
  const kind = classOf[line.charCodeAt(at)];
  const variable = kind === slash ? slashVariable : kind === letter ? letterVariable : digitVariable;
  variable.lastIndex = at;
  return variable.test(line) ? variable.lastIndex : -1;
}

/** Whether a number that reaches up to here is whole, so that no regex need be asked. */
function endsNumber(line: string, end: number): boolean {
  const next = line[end] ?? '';
  if (isNumbersNext.has(next)) return true;
  return (next === ',' || next === '.' || next === ':') && isNumbersNext.has(line[end + 1] ?? '');
}

/** Whether a word without digits, of which the last part begins at `part`, may begin or be a variable for all that. */
function mayBeVariable(line: string, start: number, part: number, end: number): boolean {
  const next = line[end];
  return (
    // a month's or a weekday's name
    (end - part === 3 && dateNames.has(line.slice(part, end).toLowerCase())) ||
    // a UUID of letters only
    end - start >= 36 ||
    // a drive, a hardware address
    (next === ':' && isColonsNext.has(line[end + 1] ?? '')) ||
    // a user's name
    (start >= 5 && (line[start - 1] === '=' || line[start - 1] === ' ') && isUser(line, start - 5))
  );
}

function isDigitAt(line: string, at: number): boolean {
  return classOf[line.charCodeAt(at)] === digit;
}

function isHyphenAt(line: string, at: number): boolean {
  return classOf[line.charCodeAt(at)] === hyphen;
}

function isWordAt(line: string, at: number): boolean {
  const kind = classOf[line.charCodeAt(at)];
  return kind === letter || kind === digit;
}

function isUser(line: string, at: number): boolean {
  const u = line.charCodeAt(at) | 0x20;
  return u === 0x75 && line.slice(at, at + 4).toLowerCase() === 'user';
}
