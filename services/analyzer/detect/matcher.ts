import { createGate, type Gate, type GateEntry } from './gate.ts';
import { literalForms, openers } from './literal-forms.ts';
import { type Ending, endingsIn, type Rule, type RuleSet } from './rules/index.ts';

/** What a rule found in a line. */
export interface RuleMatch {
  readonly rule: Rule;
  readonly captures: Readonly<Record<string, string>>;
}

/** A line that ends what a rule began. */
export interface RuleEnding extends RuleMatch {
  readonly purpose: Ending['purpose'];
}

/** What the rules say of a line. At least one of the three is there. */
export interface LineMatches {
  /** The rule that speaks for it: the first without a threshold that matches, in `compareRules`' order. */
  readonly speaker: RuleMatch | undefined;
  /** Every rule with a threshold that matches, in the same order. */
  readonly counted: readonly RuleMatch[];
  readonly endings: readonly RuleEnding[];
}

/** The rules that look at one log type, behind their gate. */
export interface Matcher {
  readonly gate: Gate;
  /** False where a rule has no literal to look for: then every line has to be decoded. */
  readonly gated: boolean;
  /** Ids of the rules that switch the gate off. */
  readonly ungated: readonly string[];
  /** What the rules say of the text whose raw bytes are `bytes[from, to)`; `undefined`: nothing. */
  match(
    bytes: Uint8Array,
    from: number,
    to: number,
    line: () => { text: string; service: string },
  ): LineMatches | undefined;
}

/** Tag of the openers: whatever rule there is may match. */
const anyRule = -1;

/** Something that has to be looked for in a line: a rule's failure, or a rule's endings. */
interface Sought {
  readonly rule: Rule;
  readonly isEnding: boolean;
  readonly literals: readonly string[] | undefined;
}

/**
 * @param type the log type
 * @param packs names of the packs that look at it, as `config.routes` has it; absent: all of them
 */
export function createMatcher(set: RuleSet, type: string, packs?: readonly string[]): Matcher {
  const rules = set.rules.filter((rule) => rule.takesType(type) && (packs?.includes(rule.pack) ?? true));
  const sought = [
    ...rules.map(failureOf),
    ...rules.filter(({ endings }) => endings.length > 0).map(endingsOf),
  ];
  const gate = createGate(gateEntries(sought));
  const ungated = sought.flatMap(({ literals }, index) => (literals === undefined ? [index] : []));
  const candidates = new Set<number>();

  return {
    gate,
    gated: ungated.length === 0,
    ungated: [...new Set(ungated.map((index) => sought[index]?.rule.id ?? ''))],
    match(bytes, from, to, line) {
      candidates.clear();
      gate.collect(bytes, from, to, candidates);
      for (const index of ungated) candidates.add(index);
      if (candidates.size === 0) return undefined;
      const { text, service } = line();
      const order = candidates.has(anyRule) ? sought.keys() : [...candidates].sort((a, b) => a - b);
      let speaker: RuleMatch | undefined;
      const counted: RuleMatch[] = [];
      const endings: RuleEnding[] = [];
      for (const index of order) {
        const each = sought[index];
        if (each === undefined || !each.rule.takesService(service)) continue;
        const { rule } = each;
        if (each.isEnding) {
          for (const { purpose, pattern } of endingsIn(rule, text))
            endings.push({ rule, purpose, captures: pattern.captures(text) });
          continue;
        }
        const isCounted = rule.threshold !== undefined;
        if (!isCounted && speaker !== undefined) continue;
        const captures = rule.match(text);
        if (captures === undefined) continue;
        if (isCounted) counted.push({ rule, captures });
        else speaker = { rule, captures };
      }
      if (speaker === undefined && counted.length === 0 && endings.length === 0) return undefined;
      return { speaker, counted, endings };
    },
  };
}

function failureOf(rule: Rule): Sought {
  return { rule, isEnding: false, literals: rule.literals };
}

/** The literals of all its endings together; none known of one of them: none known at all. */
function endingsOf(rule: Rule): Sought {
  const literals = rule.endings.map(({ pattern }) => pattern.literals);
  return {
    rule,
    isEnding: true,
    literals: literals.every((each) => each !== undefined) ? literals.flat() : undefined,
  };
}

function gateEntries(sought: readonly Sought[]): GateEntry[] {
  const entries: GateEntry[] = sought.flatMap(({ literals }, index) =>
    (literals ?? []).flatMap((literal) =>
      literalForms(literal).map((form) => ({ literal: form, tags: [index] })),
    ),
  );
  if (entries.length > 0) for (const literal of openers) entries.push({ literal, tags: [anyRule] });
  return entries;
}
