export { type Failure, judge, type Verdictable } from './judge.ts';
