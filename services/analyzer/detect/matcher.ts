import { createGate, type Gate, type GateEntry } from './gate.ts';
import { literalForms, openers } from './literal-forms.ts';
import type { Rule, RuleSet } from './rules/index.ts';

/** What a rule found in a line. */
export interface RuleMatch {
  readonly rule: Rule;
  readonly captures: Readonly<Record<string, string>>;
}

/** The rules that look at one log type, behind their gate. */
export interface Matcher {
  readonly gate: Gate;
  /** False where a rule has no literal to look for: then every line has to be decoded. */
  readonly gated: boolean;
  /** Ids of the rules that switch the gate off. */
  readonly ungated: readonly string[];
  /** The first rule, in `compareRules`' order, that matches the text whose raw bytes are `bytes[from, to)`. */
  match(
    bytes: Uint8Array,
    from: number,
    to: number,
    line: () => { text: string; service: string },
  ): RuleMatch | undefined;
}

/** Tag of the openers: whatever rule there is may match. */
const anyRule = -1;

/**
 * @param type the log type
 * @param packs names of the packs that look at it, as `config.routes` has it; absent: all of them
 */
export function createMatcher(set: RuleSet, type: string, packs?: readonly string[]): Matcher {
  const rules = set.rules.filter((rule) => rule.takesType(type) && (packs?.includes(rule.pack) ?? true));
  const gate = createGate(gateEntries(rules));
  const ungated = rules.flatMap((rule, index) => (rule.literals === undefined ? [index] : []));
  const candidates = new Set<number>();

  return {
    gate,
    gated: ungated.length === 0,
    ungated: ungated.map((index) => rules[index]?.id ?? ''),
    match(bytes, from, to, line) {
      candidates.clear();
      gate.collect(bytes, from, to, candidates);
      for (const index of ungated) candidates.add(index);
      if (candidates.size === 0) return undefined;
      const { text, service } = line();
      const order = candidates.has(anyRule) ? rules.keys() : [...candidates].sort((a, b) => a - b);
      for (const index of order) {
        const rule = rules[index];
        if (rule === undefined || !rule.takesService(service)) continue;
        const captures = rule.match(text);
        if (captures !== undefined) return { rule, captures };
      }
      return undefined;
    },
  };
}

function gateEntries(rules: readonly Rule[]): GateEntry[] {
  const entries: GateEntry[] = rules.flatMap((rule, index) =>
    (rule.literals ?? []).flatMap((literal) =>
      literalForms(literal).map((form) => ({ literal: form, tags: [index] })),
    ),
  );
  if (entries.length > 0) for (const literal of openers) entries.push({ literal, tags: [anyRule] });
  return entries;
}
