export * from './dead-letters.ts';
export * from './replay.ts';
