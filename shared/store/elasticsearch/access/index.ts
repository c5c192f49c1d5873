export { type AccessOptions, type AppliedAccess, applyElasticsearchAccess } from './apply.ts';
export { keyHolders } from './role-file.ts';
export type { UserPasswords } from './users.ts';
