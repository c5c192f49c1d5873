import type { Principal } from '#shared/access/index.ts';
import type { Change } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { type Access, presentMappings, presentRoles, wantedRoles, whoAmI, withAccess } from './access.ts';
import { differenceInWords } from './grants.ts';
import { idIn, invalidateKeys, type Key, keyDifference, keysOf, makeKey, updateKey } from './keys.ts';
import { accessName, isOfInstallation, keyHolders, type Role } from './role-file.ts';
import { isSameMapping } from './role-mappings.ts';
import { applyUsers, type UserPasswords } from './users.ts';

export interface AccessOptions {
  /** Only say what would change. */
  readonly dryRun: boolean;
  /**
   * The keys at hand, each as a client is given it. Whoever has none there, or one that is not in force, gets a new one, and the
   * others of that name are ended. Absent: keys that are in force stay, and only missing ones are made.
   */
  readonly held?: ReadonlyMap<Principal, string>;
  /** Passwords that users are to have; those that are absent are left alone. */
  readonly passwords?: UserPasswords;
}

/** What was done (or on a dry run would be), and the keys that are new: nobody can read them a second time. */
export interface AppliedAccess {
  readonly changes: Change[];
  readonly apiKeys: ReadonlyMap<Principal, string>;
}

/**
 * Brings roles, API keys, users and role mappings to what the configuration and `elasticsearch/roles/` say. Run as a user who may
 * manage security, such as `elastic`, who then owns the keys. Safe to repeat; a key is changed in place where only its rights are.
 *
 * @throws LogpatrolError `unreachable`; `unusable-environment` where Elasticsearch runs without security
 */
export async function applyElasticsearchAccess(
  config: Config,
  options: AccessOptions,
): Promise<AppliedAccess> {
  return await withAccess(config, async (access) => {
    const roles = await applyRoles(access, options.dryRun);
    const keys = await applyKeys(access, options);
    const users = await applyUsers(access, options.passwords ?? {}, options.dryRun);
    const mappings = await applyMappings(access, options.dryRun);
    return { changes: [...roles, ...keys.changes, ...users, ...mappings], apiKeys: keys.apiKeys };
  });
}

/** Gives every role of the installation exactly what its file says; takes away roles of ours that nobody has. */
export async function applyRoles(access: Access, dryRun: boolean): Promise<Change[]> {
  const [wanted, present] = [wantedRoles(access), await presentRoles(access)];
  const pathOf = (name: string): string => `/_security/role/${encodeURIComponent(name)}`;
  const changes = [...wanted].map(async ([name, role]) => {
    const change = changeOf(`role ${name}`, present.get(name), role);
    if (change.action !== 'none' && !dryRun)
      await access.connection.call({ method: 'PUT', path: pathOf(name), body: { ...role } });
    return change;
  });
  const superfluous = [...present.keys()].filter((name) => !wanted.has(name));
  const removals = superfluous.map(async (name): Promise<Change> => {
    if (!dryRun) await access.connection.call({ method: 'DELETE', path: pathOf(name) });
    return { what: `role ${name}`, action: 'update', detail: 'removed: no part of logpatrol has it' };
  });
  return await Promise.all([...changes, ...removals]);
}

function changeOf(what: string, is: unknown, should: Role): Change {
  if (is === undefined) return { what, action: 'create' };
  const detail = differenceInWords(is, should);
  return detail === undefined ? { what, action: 'none' } : { what, action: 'update', detail };
}

/** Keys, changed in place where possible. All at once, for Elasticsearch makes each wait for the next refresh of its index. */
async function applyKeys(access: Access, { dryRun, held }: AccessOptions): Promise<AppliedAccess> {
  const { connection, namespace, roles } = access;
  const [present, owner] = [await keysOf(connection, namespace), await whoAmI(connection)];
  const apiKeys = new Map<Principal, string>();
  const ended: string[] = [];
  const applied = keyHolders.map(async (principal): Promise<Change[]> => {
    const role = roles.get(principal);
    if (role === undefined) return [];
    const what = `API key ${accessName(principal, namespace)}`;
    const ofName = present.filter(({ name }) => name === accessName(principal, namespace));
    const kept = keptKey(ofName, owner, held, principal);
    if (held !== undefined) ended.push(...ofName.filter((key) => key !== kept).map(({ id }) => id));
    if (kept === undefined) {
      if (!dryRun) apiKeys.set(principal, await makeKey(connection, principal, namespace, role));
      const isLost = held !== undefined && ofName.length > 0;
      return [{ what, action: 'create', ...(isLost && { detail: 'nobody has the one that is in force' }) }];
    }
    const detail = keyDifference(kept, role);
    if (detail === undefined) return [{ what, action: 'none' }];
    if (!dryRun) await updateKey(connection, kept.id, principal, namespace, role);
    return [{ what, action: 'update', detail }];
  });
  const changes = (await Promise.all(applied)).flat();
  if (!dryRun) await invalidateKeys(connection, ended);
  return { changes, apiKeys };
}

/** The key that goes on: the one at hand, or, where nothing is known of what is at hand, the newest. Only its owner can change one. */
function keptKey(
  ofName: readonly Key[],
  owner: string,
  held: AccessOptions['held'],
  principal: Principal,
): Key | undefined {
  const own = ofName.filter(({ username }) => username === owner);
  if (held === undefined) return own[0];
  const encoded = held.get(principal);
  return encoded === undefined ? undefined : own.find(({ id }) => id === idIn(encoded));
}

/** Role mappings of the configuration; those of ours that it does not name any more go. */
export async function applyMappings(
  { connection, namespace, mappings }: Access,
  dryRun: boolean,
): Promise<Change[]> {
  const present = await presentMappings(connection);
  const changes: Change[] = [];
  for (const [name, mapping] of mappings) {
    const what = `role mapping ${name}`;
    const is = present.get(name);
    if (is !== undefined && isSameMapping(is, mapping)) {
      changes.push({ what, action: 'none' });
      continue;
    }
    changes.push({ what, action: is === undefined ? 'create' : 'update' });
    const path = `/_security/role_mapping/${encodeURIComponent(name)}`;
    if (!dryRun) await connection.call({ method: 'PUT', path, body: { ...mapping } });
  }
  for (const name of present.keys()) {
    if (!isOfInstallation(name, namespace) || mappings.has(name)) continue;
    changes.push({
      what: `role mapping ${name}`,
      action: 'update',
      detail: 'removed: the configuration names it no more',
    });
    const path = `/_security/role_mapping/${encodeURIComponent(name)}`;
    if (!dryRun) await connection.call({ method: 'DELETE', path });
  }
  return changes;
}
