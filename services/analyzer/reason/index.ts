export { type FindingOptions, findingOf } from './finding-of.ts';
export { ollamaEmbedder } from './providers/index.ts';
export type { ReasonOutcome } from './questions.ts';
export { decideSeverity, type SeverityDecision, type SeverityInput } from './severity.ts';
export { type ReasonStageOptions, reasonGroup, reasonStage } from './stage.ts';
