import type { Config } from '#shared/config/index.ts';
import { type Access, presentMappings, presentRoles, wantedRoles, withAccess } from './access.ts';
import { auditCluster } from './audit-cluster.ts';
import { auditPeople } from './audit-people.ts';
import type { AccessAudit, AccessDifference } from './difference.ts';
import { differenceInWords } from './grants.ts';
import { holderOf, type Key, keyDifference, keysOf } from './keys.ts';
import { accessName, isOfInstallation, keyHolders } from './role-file.ts';
import { groupsInWords, isSameMapping } from './role-mappings.ts';

/**
 * Compares rights at Elasticsearch with what the configuration and `elasticsearch/roles/` say: roles, API keys and role mappings of the
 * installation, who else may do everything, whether anybody may come without a name, TLS, and Elasticsearch's own audit log. Run as
 * a user who may manage security.
 *
 * @throws LogpatrolError `unreachable`; `unusable-environment` where Elasticsearch runs without security
 */
export async function auditElasticsearchAccess(config: Config): Promise<AccessAudit> {
  return await withAccess(config, async (access) => {
    const cluster = await auditCluster(access);
    const differences = [
      ...(await auditRoles(access)),
      ...(await auditKeys(access)),
      ...(await auditMappings(access)),
      ...(await auditPeople(access)),
      ...cluster.differences,
    ];
    return { differences, remarks: cluster.remarks };
  });
}

async function auditRoles(access: Access): Promise<AccessDifference[]> {
  const [wanted, present] = [wantedRoles(access), await presentRoles(access)];
  const found: AccessDifference[] = [];
  for (const [name, role] of wanted) {
    const is = present.has(name) ? differenceInWords(present.get(name), role) : 'missing';
    if (is !== undefined)
      found.push({ what: `role ${name}`, is, shouldBe: 'as in elasticsearch/roles', canMend: true });
  }
  for (const name of present.keys())
    if (!wanted.has(name))
      found.push({
        what: `role ${name}`,
        is: 'there',
        shouldBe: 'not there: no part of logpatrol has it',
        canMend: true,
      });
  return found;
}

async function auditKeys({ connection, namespace, roles }: Access): Promise<AccessDifference[]> {
  const found: AccessDifference[] = [];
  const inForce = await keysOf(connection, namespace);
  for (const principal of keyHolders) {
    const what = `API key ${accessName(principal, namespace)}`;
    const role = roles.get(principal);
    const ofName = inForce.filter((key) => holderOf(key, namespace) === principal);
    if (ofName.length === 0)
      found.push({
        what,
        is: 'missing',
        shouldBe: 'one in force: `logpatrol setup --part access --secrets DIR`',
        canMend: false,
      });
    if (ofName.length > 1)
      found.push({
        what,
        is: `${ofName.length} in force: ${ofName.map(described).join(', ')}`,
        shouldBe: 'one: `logpatrol setup --part access --secrets DIR` ends those that it does not hold',
        canMend: false,
      });
    for (const key of ofName) {
      const is = role && keyDifference(key, role);
      if (is !== undefined)
        found.push({ what: `${what} (${key.id})`, is, shouldBe: 'as its role', canMend: true });
    }
  }
  for (const key of inForce)
    if (holderOf(key, namespace) === undefined)
      found.push({
        what: `API key ${key.name}`,
        is: `in force: ${described(key)}`,
        shouldBe: 'not there: no part of logpatrol has it',
        canMend: true,
      });
  return found;
}

function described({ id, username, creation }: Key): string {
  return `${id} of ${username}, made ${new Date(creation).toISOString()}`;
}

async function auditMappings({ connection, namespace, mappings }: Access): Promise<AccessDifference[]> {
  const present = await presentMappings(connection);
  const found: AccessDifference[] = [];
  for (const [name, mapping] of mappings) {
    const is = present.get(name);
    if (is !== undefined && isSameMapping(is, mapping)) continue;
    found.push({
      what: `role mapping ${name}`,
      is:
        is === undefined
          ? 'missing'
          : JSON.stringify({ enabled: is.enabled, roles: is.roles, rules: is.rules }),
      shouldBe: groupsInWords(mapping),
      canMend: true,
    });
  }
  for (const [name, { roles }] of present) {
    if (mappings.has(name)) continue;
    const ours = roles.filter((role) => isOfInstallation(role, namespace));
    if (!isOfInstallation(name, namespace) && ours.length === 0) continue;
    found.push({
      what: `role mapping ${name}`,
      is: `gives ${roles.join(', ') || 'nothing'}`,
      shouldBe: 'not there: elasticsearch.roleMappings does not name it',
      canMend: isOfInstallation(name, namespace),
    });
  }
  return found;
}
