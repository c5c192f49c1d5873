import { z } from 'zod';
import { type Access, presentMappings, readRoles } from './access.ts';
import type { AccessDifference } from './difference.ts';
import { grantsOf } from './grants.ts';
import { accessName } from './role-file.ts';
import { isViewer, presentUsers, sharedUser } from './users.ts';

/** Who else may do everything, and whether the shared account of people has more than its role. Nothing of it is mended unasked. */
export async function auditPeople(access: Access): Promise<AccessDifference[]> {
  const mighty = await mightyRoles(access);
  const users = await presentUsers(access);
  const found: AccessDifference[] = [];
  for (const [name, { roles, enabled }] of users) {
    const held = roles.filter((role) => mighty.has(role));
    if (name === 'elastic' || !enabled || held.length === 0) continue;
    found.push({
      what: `user ${name}`,
      is: `may do everything (${held.join(', ')})`,
      shouldBe: 'nobody but elastic',
      canMend: false,
    });
  }
  for (const [name, { enabled, roles }] of await presentMappings(access.connection)) {
    const held = roles.filter((role) => mighty.has(role));
    if (!enabled || held.length === 0) continue;
    found.push({
      what: `role mapping ${name}`,
      is: `gives the right to do everything (${held.join(', ')})`,
      shouldBe: 'nobody but elastic',
      canMend: false,
    });
  }
  const others = (users.get(sharedUser)?.roles ?? []).filter((role) => !isViewer(role) && !mighty.has(role));
  if (others.length > 0)
    found.push({
      what: `user ${sharedUser}`,
      is: `has ${others.join(', ')} too`,
      shouldBe: accessName('viewer', access.namespace),
      canMend: false,
    });
  return found;
}

const Reserved = z.looseObject({ metadata: z.looseObject({ _reserved: z.literal(true) }) });
/** Built into Elasticsearch; of those only superuser is meant. */
const isReserved = (role: unknown): boolean => Reserved.safeParse(role).success;

/** Roles that are as good as superuser: everything of the cluster, users and roles, or every index. */
async function mightyRoles({ connection }: Access): Promise<Set<string>> {
  const roles = await readRoles(connection);
  const isMighty = (role: unknown): boolean =>
    grantsOf(role).some((grant) => /^(?:all|manage_security) of the cluster$|^all on \*/.test(grant));
  return new Set(
    Object.entries(roles)
      .filter(([name, role]) => name === 'superuser' || (!isReserved(role) && isMighty(role)))
      .map(([name]) => name),
  );
}
