export { readingRules } from './rules.ts';
export { readingsStage } from './stage.ts';
