import { isCardNumber, isChineseId } from './checksums.ts';
import type { PersonalKind, Sensitive } from './kinds.ts';
import { isMeasure, saysSo } from './number-context.ts';

interface NumberPattern {
  readonly kind: PersonalKind;
  readonly regex: RegExp;
  /** The number in its one form; `undefined` where it is none. `written` is what the pattern found. */
  readonly value: (written: string) => string | undefined;
  /** True where the way it is written says already what it is. */
  readonly isPlain: (written: string) => boolean;
}

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');
const hasSeparator = (written: string): boolean => /\D/.test(written);

/** Prefixes that are given out to carriers of the mainland, as of 2025. */
const mobile = /^1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])\d{8}$/;

/** Each stands alone: no letter, digit, underscore, dot or hyphen before it, so that no part of a name, a version or an id is one. */
const patterns: readonly NumberPattern[] = [
  {
    kind: 'id',
    regex:
      /(?<![\w.-])[1-9]\d{5}[ -]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[\dXx](?![\w-]|\.\d)/g,
    value: (written) => {
      const id = written.replaceAll(/[ -]/g, '').toUpperCase();
      return isChineseId(id) ? id : undefined;
    },
    isPlain: () => true,
  },
  {
    kind: 'card',
    regex:
      /(?<![\w.-])(?:[2-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?|3\d{3}[ -]?\d{6}[ -]?\d{5})(?![\w-]|\.\d)/g,
    value: (written) => (isCardNumber(digitsOf(written)) ? digitsOf(written) : undefined),
    isPlain: hasSeparator,
  },
  {
    kind: 'phone',
    regex: /(?<![\w.+-])(?:\(?(?:\+|00)?86\)?[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?![\w-]|\.\d)/g,
    value: (written) => {
      const digits = digitsOf(written).slice(-11);
      return mobile.test(digits) ? digits : undefined;
    },
    isPlain: hasSeparator,
  },
  {
    kind: 'phone',
    // E.164 has fifteen digits at most.
    regex: /(?<![\w.+\-/:])\+[1-9](?:[ .()-]{0,2}\d){8,14}(?![\w-]|[.:]\d)/g,
    value: (written) => `+${digitsOf(written)}`,
    isPlain: (written) => hasSeparator(written.slice(1)),
  },
  {
    kind: 'id',
    regex:
      /(?<=(?:护照|passport)(?:号码?| ?(?:no|num|number))?\.?["']?\s{0,2}[:：= ]\s{0,2}["']?)[A-Z]{1,2}\d{7,8}(?!\w)/gi,
    value: (written) => written.toUpperCase(),
    isPlain: () => true,
  },
];

/** What every pattern finds has seven digits at least, with no more between them: most texts have not. */
const enoughDigits = /\d(?:[ .()-]{0,2}\d){6}/;

/**
 * Phone numbers (Chinese mobile, international with +), Chinese citizens' numbers, numbers of bank cards, and of passports where the
 * text calls them that. Bare digits that the text calls something else (`offset=`, `… bytes`, a row of a table) are none.
 */
export function findNumbers(text: string): Sensitive[] {
  const found: Sensitive[] = [];
  if (!enoughDigits.test(text)) return found;
  for (const { kind, regex, value, isPlain } of patterns)
    for (const match of text.matchAll(regex)) {
      const [written] = match;
      const known = value(written);
      if (known === undefined) continue;
      const start = match.index;
      const end = start + written.length;
      if (!isPlain(written) && !saysSo(kind, text, start) && isMeasure(text, start, end)) continue;
      found.push({ kind, start, end, value: known });
    }
  return found;
}
