export { readLocal } from './read-local.ts';
export { type LocalUse, localUse } from './sample.ts';
