export { statusByThresholds } from './judge.ts';
export { type Limits, thresholdsInForce } from './limits.ts';
export * from './states.ts';
export * from './to-metrics.ts';
