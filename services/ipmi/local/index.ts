export * from './read-local.ts';
