import { randomBytes } from 'node:crypto';
import { findSensitive } from './find.ts';
import { type MaskedKind, type PersonalKind, personalKinds, type Sensitive } from './kinds.ts';
import { placeholderOf, replacePlaceholders } from './placeholder.ts';

/** Where none is configured: placeholders are the same within this process, and in no other. */
const processKey = randomBytes(32);

export interface MaskOptions {
  /** Makes placeholders; the same in every process that has it. Default: one of this process. */
  readonly key?: string | undefined;
  /** Kinds that are left as they are. Default: none. */
  readonly reveal?: readonly PersonalKind[];
}

/** Masks and can take back. One is made for one question to a model, so that nothing is remembered beyond it. */
export interface Masker {
  /**
   * The text with each sensitive value replaced by its placeholder. A placeholder that the text brings along of itself is
   * written in another way, so that it can never be taken for one of ours.
   */
  mask(text: string): string;
  /**
   * The text with placeholders of these kinds (default: all personal ones) turned back into the values that this masker has seen, as
   * it saw them first. All others stay: secrets, other kinds, what was never masked here, and the rare placeholder of two values.
   */
  restore(text: string, kinds?: readonly PersonalKind[]): string;
}

/** Values that a masker remembers, a hundred bytes or so each; one beyond that is masked all the same, and stays so. */
const maxRemembered = 10_000;

/**
 * Masks passwords, tokens, keys and cookies, e-mail addresses, phone, identity card and bank card numbers, one way. Placeholders
 * that stand in the text already stay, so that text which was masked before keeps them. Characters that nobody sees are taken
 * out, for a value could be hidden behind them. Linear time.
 */
export function createMask({ key, reveal = [] }: MaskOptions = {}): (text: string) => string {
  const shown: ReadonlySet<MaskedKind> = new Set(reveal);
  const place = ({ kind, value }: Sensitive): string => placeholderOf(kind, value, key ?? processKey);
  return (text) => maskAround(text, shown, place);
}

/** The same, with what is needed to take it back. */
export function createMasker({ key }: Pick<MaskOptions, 'key'> = {}): Masker {
  const seen = new Map<string, { readonly value: string; readonly written: string | undefined }>();
  const place = ({ kind, value }: Sensitive, written: string): string => {
    const placeholder = placeholderOf(kind, value, key ?? processKey);
    if (kind === 'secret') return placeholder;
    const before = seen.get(placeholder);
    if (before === undefined) {
      if (seen.size < maxRemembered) seen.set(placeholder, { value, written });
    } else if (before.value !== value) seen.set(placeholder, { value, written: undefined });
    return placeholder;
  };
  return {
    mask: (text) =>
      maskAround(
        // A secret's is never turned back, so it may stand.
        replacePlaceholders(text.replaceAll(unseen, ''), (placeholder, kind, hash) =>
          kind === 'secret' ? placeholder : `(${kind} ${hash})`,
        ),
        nothingShown,
        place,
      ),
    restore: (text, kinds = personalKinds) =>
      replacePlaceholders(text, (placeholder, kind) =>
        kind !== 'secret' && kinds.includes(kind)
          ? (seen.get(placeholder)?.written ?? placeholder)
          : placeholder,
      ),
  };
}

const nothingShown: ReadonlySet<MaskedKind> = new Set();

/** Stands for a placeholder while the text around it is searched: of private use, and part of nothing that is looked for. */
const held = '\uE000';

/** What nobody sees, and what a value could be hidden behind: zero width, direction, soft hyphens. It does not leave the process. */
const unseen = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

function maskAround(
  text: string,
  shown: ReadonlySet<MaskedKind>,
  place: (found: Sensitive, written: string) => string,
): string {
  const placeholders: string[] = [];
  const open = replacePlaceholders(text.replaceAll(unseen, '').replaceAll(held, '\uFFFD'), (placeholder) => {
    placeholders.push(placeholder);
    return held;
  });
  let next = 0;
  const putBack = (part: string): string =>
    placeholders.length === 0 ? part : part.replaceAll(held, () => placeholders[next++] ?? '');

  let masked = '';
  let end = 0;
  for (const found of findSensitive(open)) {
    const written = open.slice(found.start, found.end);
    // What was masked before stays, with a mark that it may have ended with.
    const isMasked = written.includes(held) && !/[\p{L}\p{N}]/u.test(written);
    if (isMasked || shown.has(found.kind)) continue;
    masked += putBack(open.slice(end, found.start)) + place(found, written);
    // Those within are masked with the rest.
    next += written.split(held).length - 1;
    end = found.end;
  }
  return masked + putBack(open.slice(end));
}
