export * from './read-pem.ts';
export * from './trust-own.ts';
