export { type FindingOptions, findingOf } from './finding-of.ts';
export { decideSeverity, type SeverityDecision, type SeverityInput } from './severity.ts';
