export * from './error.ts';
export * from './why-no-answer.ts';
