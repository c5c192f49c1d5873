export {
  failedExamples,
  loadRules,
  type RuleReview,
  type RuleSelection,
  type RuleSet,
  reviewRules,
  shippedRules,
} from './load.ts';
export { mistakeText, type PackMistake } from './read-pack.ts';
export type { Language, Rule } from './rule.ts';
