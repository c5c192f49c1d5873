export { openModel } from '../reason/providers/index.ts';
export type { Setting } from './ask.ts';
export { askAll, misjudged } from './check.ts';
export { loadScenarios, shippedScenarios } from './load.ts';
export { type Difference, differences, EvalReport, rateOf, type Share } from './report.ts';
export { type EvalProgress, evaluate } from './run.ts';
export type { Scenario } from './scenario.ts';
export { openSetting, withModel } from './setting.ts';
