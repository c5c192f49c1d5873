export { type KnownOptions, knownOf } from './known.ts';
export { type ContextSourcesOptions, openContextSources } from './sources.ts';
