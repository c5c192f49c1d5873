export {
  createDetector,
  type Detection,
  type Detector,
  type DetectorOptions,
  domainFor,
} from './detector.ts';
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
export { type DetectStageOptions, detectGroup, detectStage } from './stage.ts';
export { inTimeOrder } from './time-order.ts';
