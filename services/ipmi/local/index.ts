export { type LocalRequest, readLocal } from './read-local.ts';
