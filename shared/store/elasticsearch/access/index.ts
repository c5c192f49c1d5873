export { type AccessOptions, type AppliedAccess, applyElasticsearchAccess } from './apply.ts';
export { auditElasticsearchAccess } from './audit.ts';
export type { AccessAudit, AccessDifference } from './difference.ts';
export { mendElasticsearchAccess } from './mend.ts';
export { keyHolders } from './role-file.ts';
export type { UserPasswords } from './users.ts';
