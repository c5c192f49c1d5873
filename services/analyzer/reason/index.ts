export { type FindingOptions, findingOf } from './finding-of.ts';
export { ollamaEmbedder } from './providers/index.ts';
export { decideSeverity, type SeverityDecision, type SeverityInput } from './severity.ts';
export { type ReasonOutcome, type ReasonStageOptions, reasonGroup, reasonStage } from './stage.ts';
