export * from './code-of.ts';
export * from './error.ts';
export * from './why-no-answer.ts';
