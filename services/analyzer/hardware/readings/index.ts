export { readingRules } from './rules.ts';
export { type ReadingsStageOptions, readingsGroup, readingsStage } from './stage.ts';
