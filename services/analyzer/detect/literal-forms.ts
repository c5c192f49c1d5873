import { minLiteralBytes } from './gate.ts';

/**
 * How a required literal of a rule may stand in the raw bytes of a record: as it is, and as JSON encoders write it. Whatever
 * an encoder may write in still other ways is either cut off the literal or is one of `openers`, so that no line is lost.
 */

/** Only these many characters of a run are enumerated in both their forms, or the forms would grow without bound. */
const maxNonAscii = 3;

/**
 * What cannot be part of a literal: control characters, `/`, `<`, `>`, `&` and `'`, which encoders write in several ways, line and
 * paragraph separators likewise, the replacement character (it stands for invalid bytes), lone surrogates, and letters beyond
 * ASCII that have cases, for the gate folds ASCII only.
 */
function isBreak(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return true;
  if (code < 0x80) return "/<>&'".includes(character);
  if (code === 0x2028 || code === 0x2029 || code === 0xfffd) return true;
  if (code >= 0xd800 && code <= 0xdfff) return true;
  return character.toLowerCase() !== character.toUpperCase();
}

/**
 * The longest piece of `text` that can be looked for, or `undefined` where none has `minLiteralBytes`.
 * Whatever contains `text`, in any case, contains that piece in one of its `literalForms`, or an opener.
 */
export function gateLiteral(text: string): string | undefined {
  let best = '';
  let piece = '';
  let nonAscii = 0;
  const close = () => {
    if (Buffer.byteLength(piece) > Buffer.byteLength(best)) best = piece;
    piece = '';
    nonAscii = 0;
  };
  for (const character of text) {
    if (isBreak(character)) {
      close();
      continue;
    }
    if (character > '\x7f') {
      if (nonAscii === maxNonAscii) close();
      nonAscii += 1;
    }
    piece += character;
  }
  close();
  return Buffer.byteLength(best) >= minLiteralBytes ? best : undefined;
}

/** Every form of what `gateLiteral` returned: raw, JSON-escaped, and each mixture of both. */
export function literalForms(literal: string): Buffer[] {
  let forms = [''];
  for (const character of literal) forms = forms.flatMap((form) => writings(character).map((w) => form + w));
  return [...new Set(forms)].map((form) => Buffer.from(form.toLowerCase(), 'utf8'));
}

function writings(character: string): string[] {
  if (character === '"' || character === '\\') return [character, `\\${character}`];
  if (character <= '\x7f') return [character];
  const escaped = Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  );
  return [character, escaped.join('')];
}

/**
 * Escapes of printable ASCII that no common encoder writes (`\u0065rror`). A record with one of them is looked at whatever else is in it.
 * Those of `/`, `<`, `>`, `&` and `'` are common, and are breaks instead.
 */
export const openers: readonly Buffer[] = [
  ...[...'4567'].map((digit) => `\\u00${digit}`),
  ...[...'0123456789abdf'].map((digit) => `\\u003${digit}`),
  ...[...'01234589abcde'].map((digit) => `\\u002${digit}`),
].map((text) => Buffer.from(text, 'latin1'));
