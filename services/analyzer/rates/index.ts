export { Rates, type RatesOptions, type RatesSize } from './rates.ts';
export { type RatesSourceOptions, ratesSource } from './source.ts';
