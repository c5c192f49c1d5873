export { type AuditQuery, readAudit } from './read-audit.ts';
export { auditRecord, type Origin, plainly, viaHeader } from './record.ts';
