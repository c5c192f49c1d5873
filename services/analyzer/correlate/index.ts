export { Correlator, type CorrelatorOptions, type CorrelatorSize } from './correlator.ts';
export { type CorrelateStageOptions, correlateGroup, correlateStage } from './stage.ts';
