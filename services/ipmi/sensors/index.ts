export { statusByThresholds } from './judge.ts';
export { type Limits, thresholdsInForce } from './limits.ts';
export { visible } from './names.ts';
export { rounded } from './rounded.ts';
export { type Poll, type PollResult, toMetrics } from './to-metrics.ts';
export { worst } from './whole.ts';
