export * from './read-pem.ts';
