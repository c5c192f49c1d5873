export { type AuditQuery, readAudit } from './read-audit.ts';
export { auditRecord, type Origin, plainly } from './record.ts';
