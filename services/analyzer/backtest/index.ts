export { type BacktestOptions, type BacktestProgress, backtest } from './backtest.ts';
export type { BacktestReport, IncidentChange, RuleChange, Seen } from './report.ts';
export { withChangedPacks } from './with-changed-packs.ts';
