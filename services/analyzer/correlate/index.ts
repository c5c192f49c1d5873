export { Correlator, type CorrelatorOptions, type CorrelatorSize } from './correlator.ts';
