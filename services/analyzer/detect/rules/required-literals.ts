import type { AST } from '@eslint-community/regexpp';
import { gateLiteral } from '../literal-forms.ts';

/** More alternatives than this are not enumerated. */
const maxAlternatives = 32;

/**
 * What is known of the texts that a part of a regex matches: each contains one of `required`; and where `exact` is there, each
 * is one of those, letter for letter.
 */
interface Knowledge {
  readonly exact: readonly string[] | undefined;
  readonly required: readonly string[] | undefined;
}

const nothing: Knowledge = { exact: undefined, required: undefined };
const emptyText: Knowledge = { exact: [''], required: undefined };

/** `gateLiteral` of each keyword, or `undefined` where one of them leaves nothing to look for. */
export function keywordLiterals(keywords: readonly string[]): readonly string[] | undefined {
  return usable(keywords);
}

/**
 * What the gate can look for (`gateLiteral`): every text that the regex matches contains at least one of these, in some case;
 * `undefined` where there is none. Of several such sets the better one.
 */
export function requiredLiterals(pattern: AST.Pattern): readonly string[] | undefined {
  const known = ofAlternatives(pattern.alternatives);
  return better(known.required, usable(known.exact));
}

function ofAlternatives(alternatives: readonly AST.Alternative[]): Knowledge {
  const parts = alternatives.map((alternative) => ofSequence(alternative.elements));
  const exact = parts.flatMap((part) => part.exact ?? []);
  const isExact = parts.every((part) => part.exact !== undefined) && exact.length <= maxAlternatives;
  const required = parts.map((part) => better(part.required, usable(part.exact)));
  return {
    exact: isExact ? exact : undefined,
    required: required.every((set) => set !== undefined) ? required.flat() : undefined,
  };
}

function ofSequence(elements: readonly AST.Element[]): Knowledge {
  let run: readonly string[] = [''];
  let isExact = true;
  let best: readonly string[] | undefined;
  const endRun = () => {
    best = better(best, usable(run));
    run = [''];
    isExact = false;
  };
  for (const element of elements) {
    const known = ofElement(element);
    if (known.exact !== undefined && known.exact.length * run.length <= maxAlternatives) {
      const tails = known.exact;
      run = run.flatMap((head) => tails.map((tail) => head + tail));
      continue;
    }
    endRun();
    best = better(best, known.required ?? usable(known.exact));
    if (known.exact !== undefined) run = known.exact;
  }
  const last = run;
  best = better(best, usable(last));
  return { exact: isExact ? last : undefined, required: best };
}

function ofElement(element: AST.Element): Knowledge {
  switch (element.type) {
    case 'Character':
      return { exact: [String.fromCodePoint(element.value)], required: undefined };
    case 'CapturingGroup':
      return ofAlternatives(element.alternatives);
    case 'Group':
      // Modifiers change the case rules within the group; nothing is lost by knowing nothing of it.
      return element.modifiers === null ? ofAlternatives(element.alternatives) : nothing;
    case 'CharacterClass':
      return ofClass(element);
    case 'Quantifier':
      return ofQuantifier(element);
    case 'Assertion':
      return element.kind === 'lookahead' || element.kind === 'lookbehind' ? nothing : emptyText;
    default:
      return nothing;
  }
}

function ofClass(element: AST.CharacterClass): Knowledge {
  if (element.negate) return nothing;
  const characters: string[] = [];
  for (const member of element.elements) {
    if (member.type === 'Character') characters.push(String.fromCodePoint(member.value));
    else if (member.type === 'CharacterClassRange' && member.max.value - member.min.value < 4)
      for (let value = member.min.value; value <= member.max.value; value += 1)
        characters.push(String.fromCodePoint(value));
    else return nothing;
    if (characters.length > 4) return nothing;
  }
  return characters.length === 0 ? nothing : { exact: characters, required: undefined };
}

function ofQuantifier(element: AST.Quantifier): Knowledge {
  const { min, max } = element;
  if (max === 0) return emptyText;
  const inner = ofElement(element.element);
  if (min === 0) {
    const exact = max === 1 && inner.exact !== undefined ? ['', ...inner.exact] : undefined;
    return { exact, required: undefined };
  }
  if (min === 1 && max === 1) return inner;
  return { exact: undefined, required: better(inner.required, usable(inner.exact)) };
}

/** What the gate can look for of a set; `undefined` where one of its texts leaves nothing to look for. */
function usable(texts: readonly string[] | undefined): readonly string[] | undefined {
  if (texts === undefined) return undefined;
  const pieces = new Set<string>();
  for (const text of texts) {
    const piece = gateLiteral(text);
    if (piece === undefined) return undefined;
    pieces.add(piece);
  }
  return [...pieces];
}

/** Words that stand in ordinary lines of many logs: a literal that is nothing else lets most of these through the gate. */
const ordinaryWords = new Set(
  'client connection device error failed info message node process request server service session system time timeout user warning'.split(
    ' ',
  ),
);

/** Of two sets the one without an ordinary word, then the one whose shortest literal is longer, then the smaller. */
export function better(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): readonly string[] | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  if (a.some(isOrdinary) !== b.some(isOrdinary)) return b.some(isOrdinary) ? a : b;
  const [x, y] = [shortest(a), shortest(b)];
  return x > y || (x === y && a.length <= b.length) ? a : b;
}

function isOrdinary(text: string): boolean {
  return ordinaryWords.has(text.trim().toLowerCase());
}

function shortest(texts: readonly string[]): number {
  return Math.min(...texts.map((text) => text.length));
}
