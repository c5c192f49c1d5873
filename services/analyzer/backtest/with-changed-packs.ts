import type { RuleSet } from '../detect/rules/index.ts';
import { compareRules } from '../detect/rules/rule.ts';

/** The present rules, with each changed pack in place of the one of its name, or beside them where there is none. */
export function withChangedPacks(present: RuleSet, changed: RuleSet): RuleSet {
  const isKept = (pack: string): boolean => !changed.packs.includes(pack);
  const rules = [...present.rules.filter((rule) => isKept(rule.pack)), ...changed.rules].sort(compareRules);
  return {
    rules,
    packs: [...new Set([...present.packs.filter(isKept), ...changed.packs])].sort(),
    warnings: changed.warnings,
  };
}
