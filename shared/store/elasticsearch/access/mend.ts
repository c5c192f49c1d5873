import type { Change } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { type Access, withAccess } from './access.ts';
import { applyMappings, applyRoles } from './apply.ts';
import { holderOf, invalidateKeys, keyDifference, keysOf, updateKey } from './keys.ts';

/**
 * Mends what `auditElasticsearchAccess` says can be: roles, role mappings, the rights of keys, keys that nobody of logpatrol has.
 * It makes no key, for there is nobody here to take it.
 *
 * @throws as `auditElasticsearchAccess`
 */
export async function mendElasticsearchAccess(config: Config): Promise<Change[]> {
  return await withAccess(config, async (access) => {
    const changes = [
      ...(await applyRoles(access, false)),
      ...(await mendKeys(access)),
      ...(await applyMappings(access, false)),
    ];
    return changes.filter(({ action }) => action !== 'none');
  });
}

async function mendKeys({ connection, namespace, roles }: Access): Promise<Change[]> {
  const present = await keysOf(connection, namespace);
  const nobodys = present.filter((key) => holderOf(key, namespace) === undefined);
  await invalidateKeys(
    connection,
    nobodys.map(({ id }) => id),
  );
  const mended = present.map(async (key): Promise<Change[]> => {
    const what = `API key ${key.name} (${key.id})`;
    const principal = holderOf(key, namespace);
    const role = principal && roles.get(principal);
    if (principal === undefined || role === undefined)
      return [{ what, action: 'update', detail: 'ended: no part of logpatrol has it' }];
    const detail = keyDifference(key, role);
    if (detail === undefined) return [];
    await updateKey(connection, key.id, principal, namespace, role);
    return [{ what, action: 'update', detail }];
  });
  return (await Promise.all(mended)).flat();
}
