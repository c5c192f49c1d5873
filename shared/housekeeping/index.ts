export * from './due.ts';
export * from './job.ts';
export * from './job-state.ts';
export * from './nightly.ts';
