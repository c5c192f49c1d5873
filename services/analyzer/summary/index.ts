export type { LogSummary } from './log-summary.ts';
export { type SummaryOptions, summarise } from './summarise.ts';
