import { compileLinearRegex, type LinearRegex, type RegexRefusal } from './linear-regex.ts';
import { better, keywordLiterals, requiredLiterals } from './required-literals.ts';

/** Captured values go into findings and cards. In characters. */
const maxCapture = 256;

const noCaptures: Readonly<Record<string, string>> = {};

/** What a text has to contain: one of some keywords, what a regex describes, or both. */
export interface Pattern {
  /** Names of the regex's groups. */
  readonly groups: readonly string[];
  /** Every text that matches contains one of these (`gateLiteral`); `undefined`: nothing is known of them. */
  readonly literals: readonly string[] | undefined;
  test(text: string): boolean;
  /** The captures of a text that matches; none: an empty object. */
  captures(text: string): Readonly<Record<string, string>>;
}

/** Keywords and a regex as they stand in a pack. */
export interface PatternSource {
  readonly keywords?: readonly string[] | undefined;
  readonly regex?: string | undefined;
}

/** Why the regex is refused. */
export interface PatternRefusal {
  readonly refused: string;
}

/** Compiles a pattern of which at least one part is there. */
export function compilePattern(
  { keywords, regex: source }: PatternSource,
  options: { readonly caseSensitive: boolean },
): Pattern | PatternRefusal {
  const hasKeyword = keywordMatcher(keywords, options.caseSensitive);
  let regex: LinearRegex | undefined;
  if (source !== undefined) {
    const compiled = compileLinearRegex(source, options);
    if ('reason' in compiled) return { refused: refusalText(compiled) };
    regex = compiled;
  }
  return {
    groups: regex?.groups ?? [],
    literals: better(
      keywords === undefined ? undefined : keywordLiterals(keywords),
      regex === undefined ? undefined : requiredLiterals(regex.pattern),
    ),
    test: (text) => hasKeyword(text) && (regex?.test(text) ?? true),
    captures: (text) =>
      regex === undefined || regex.groups.length === 0
        ? noCaptures
        : bounded(regex.captures(text) ?? noCaptures),
  };
}

/**
 * One alternation of literals: V8 runs it in linear time. Without the `u` flag its case folding never takes a letter beyond
 * ASCII for an ASCII one, on which the gate relies.
 */
function keywordMatcher(
  keywords: readonly string[] | undefined,
  caseSensitive: boolean,
): (text: string) => boolean {
  if (keywords === undefined) return () => true;
  const alternation = new RegExp(keywords.map(escapeRegex).join('|'), caseSensitive ? '' : 'i');
  return (text) => alternation.test(text);
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function refusalText(refusal: RegexRefusal): string {
  return refusal.index === undefined
    ? refusal.reason
    : `${refusal.reason} (at character ${refusal.index + 1})`;
}

function bounded(captures: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(captures).map(([name, value]) => [name, value.slice(0, maxCapture)]),
  );
}
