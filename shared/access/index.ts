export * from './bearer.ts';
export * from './principals.ts';
