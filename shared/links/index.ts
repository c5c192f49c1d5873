export * from './signed-link.ts';
