export {
  createDetector,
  type Detection,
  type Detector,
  type DetectorOptions,
  domainFor,
} from './detector.ts';
export { parseObject } from './log-line.ts';
export { createMatcher } from './matcher.ts';
export {
  describeRule,
  failedExamples,
  type Language,
  loadRules,
  mistakeText,
  type PackMistake,
  type Rule,
  type RuleReview,
  type RuleSelection,
  type RuleSet,
  reviewRules,
  thresholdText,
} from './rules/index.ts';
export { selEventIn } from './sel-event.ts';
export { type DetectStageOptions, detectGroup, detectStage } from './stage.ts';
export { inTimeOrder } from './time-order.ts';
