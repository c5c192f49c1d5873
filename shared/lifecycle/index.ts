export * from './open.ts';
export * from './probe-server.ts';
export * from './run-services.ts';
export * from './runtime.ts';
export * from './service.ts';
export * from './set-up.ts';
export * from './stage-service.ts';
export * from './stop-signal.ts';
