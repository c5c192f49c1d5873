import type { Bmc } from '../inspection.ts';

const access = ['host', 'port', 'user', 'cipherSuite', 'privilege', 'tool'] as const;

/** Whether both are reached in the same way, so that what is known of one holds for the other. */
export function isSameAccess(one: Bmc, other: Bmc): boolean {
  return access.every((field) => one[field] === other[field]);
}
