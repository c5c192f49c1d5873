export { Correlator, type CorrelatorOptions, type CorrelatorSize } from './correlator.ts';
export { finishedLogsCorrelator } from './finished-logs.ts';
export type { HitSource, HitSourceKind } from './hit-source.ts';
export { type CorrelateStageOptions, correlateGroup, correlateStage } from './stage.ts';
export type { IncidentFacts, Judge, KnownGood, Surroundings, Topology } from './surroundings.ts';
export { Watch } from './watch.ts';
