import { type AST, RegExpParser, RegExpSyntaxError, visitRegExpAST } from '@eslint-community/regexpp';
import { RE2JS } from 're2js';

/** Characters of a text that a regex is run over; what stands behind is not looked at. */
export const maxRegexText = 16_384;

/** RE2 refuses counts above this, and so does a product of nested counts here. */
const maxRepetitions = 1000;

/** Case folding in RE2 takes these two for `s` and `k`, which the gate, folding ASCII alone, would not find. */
const foldsToAscii = /[\u017f\u212a]/g;

/** A regex that runs in time linear in the text, whatever the text. */
export interface LinearRegex {
  /** The syntax tree, from which required literals are derived. */
  readonly pattern: AST.Pattern;
  readonly groups: readonly string[];
  test(text: string): boolean;
  /** Named groups that took part, or `undefined` where the text does not match. */
  captures(text: string): Record<string, string> | undefined;
}

/** Why a regex is refused, and where in it: an index, or `undefined` where that is not known. */
export interface RegexRefusal {
  readonly reason: string;
  readonly index: number | undefined;
}

const parser = new RegExpParser({ ecmaVersion: 2025 });

/**
 * Compiles a regex in JavaScript's syntax (with the strictness of the `u` flag) for RE2's automata, or says why it is refused:
 * lookaround and back references, which no automaton can run, and repetitions of repetitions, which backtracking engines run
 * in exponential time and which can always be written without. See docs/decisions/0001-linear-regex.md.
 */
export function compileLinearRegex(
  source: string,
  options: { readonly caseSensitive: boolean },
): LinearRegex | RegexRefusal {
  let pattern: AST.Pattern;
  try {
    pattern = parser.parsePattern(source, 0, source.length, { unicode: true });
  } catch (error) {
    if (!(error instanceof RegExpSyntaxError)) throw error;
    return {
      reason: error.message.replace(/^Invalid regular expression: (?:\/.*\/u?: )?/s, ''),
      index: error.index,
    };
  }
  const superlinear = findSuperlinear(pattern);
  if (superlinear !== undefined) return superlinear;
  let engine: RE2JS;
  try {
    const flags = RE2JS.MULTILINE | (options.caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
    engine = RE2JS.compile(RE2JS.translateRegExp(source), flags);
  } catch (error) {
    // Whatever RE2 cannot take is the pattern's fault: it has parsed as JavaScript, so this is a matter of what RE2 supports.
    return { reason: error instanceof Error ? error.message : String(error), index: undefined };
  }
  const groups = Object.keys(engine.namedGroups());
  const bounded = (text: string) => text.slice(0, maxRegexText).replace(foldsToAscii, '\ufffd');
  return {
    pattern,
    groups,
    test: (text) => engine.test(bounded(text)),
    captures(text) {
      const matcher = engine.matcher(bounded(text));
      if (!matcher.find()) return undefined;
      const captured: Record<string, string> = {};
      for (const group of groups) {
        const value = matcher.group(group);
        if (value !== null) captured[group] = value;
      }
      return captured;
    },
  };
}

function findSuperlinear(pattern: AST.Pattern): RegexRefusal | undefined {
  let refusal: RegexRefusal | undefined;
  const refuse = (node: AST.Node, reason: string) => {
    refusal ??= { reason, index: node.start };
  };
  const around: AST.Quantifier[] = [];
  visitRegExpAST(pattern, {
    onBackreferenceEnter: (node) =>
      refuse(node, `the back reference ${node.raw} cannot be run in linear time`),
    onAssertionEnter(node) {
      if (node.kind === 'lookahead' || node.kind === 'lookbehind')
        refuse(
          node,
          `the ${node.kind} ${node.raw} cannot be run in linear time; use "except" or a wider match`,
        );
    },
    onQuantifierEnter(node) {
      const counts = [...around, node].map((quantifier) => quantifier.max);
      if (
        node.max === Number.POSITIVE_INFINITY &&
        around.some((outer) => outer.max === Number.POSITIVE_INFINITY)
      )
        refuse(
          node,
          `the repetition ${node.raw} stands within another, which can take exponential time; write it without nesting`,
        );
      else if (
        counts.filter((count) => count !== Number.POSITIVE_INFINITY).reduce((a, b) => a * Math.max(b, 1), 1) >
        maxRepetitions
      )
        refuse(
          node,
          `the counts of ${node.raw} and what it stands in multiply to more than ${maxRepetitions}`,
        );
      around.push(node);
    },
    onQuantifierLeave() {
      around.pop();
    },
  });
  return refusal;
}
