export { AgainstHistory, type AgainstHistoryOptions } from './against-history.ts';
export { enoughSamples, type History, type ServiceHistory, servicesOf } from './history.ts';
export { readHistory, writeHistory } from './history-file.ts';
export { createKnownGood, isCatchAll } from './known-good.ts';
export { Learner } from './learner.ts';
export type { CountedFileLine } from './line-counts.ts';
export { Rates, type RatesOptions, type RatesSize } from './rates.ts';
export { type RatesSourceOptions, ratesSource } from './source.ts';
