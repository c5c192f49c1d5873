export * from './event-loop.ts';
export * from './health.ts';
export * from './metrics.ts';
export * from './probes.ts';
export * from './process-info.ts';
export * from './serve.ts';
