export {
  failedExamples,
  loadRules,
  type RuleReview,
  type RuleSelection,
  type RuleSet,
  reviewRules,
  shippedRules,
} from './load.ts';
export { thresholdText } from './quota.ts';
export { mistakeText, type PackMistake } from './read-pack.ts';
export { describeRule, type Ending, endingsIn, type Language, type Rule } from './rule.ts';
