export { drillJob, drillJobName, drillLine } from './job.ts';
export { type DrillPlan, type DrillWishes, drillRecord, planDrill } from './plan.ts';
export { hopTitles } from './remedies.ts';
export * from './report.ts';
export { begunDrill, type DrillParts, runDrill } from './run.ts';
