import kafkajs, { type AclEntry, type Admin } from 'kafkajs';
import type { Operation, Resource, Rule } from './rules.ts';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

const resourceTypes: Readonly<Record<Resource, number>> = {
  topic: AclResourceTypes.TOPIC,
  group: AclResourceTypes.GROUP,
  'transactional-id': AclResourceTypes.TRANSACTIONAL_ID,
};
const operations: Readonly<Record<Operation, number>> = {
  read: AclOperationTypes.READ,
  write: AclOperationTypes.WRITE,
  describe: AclOperationTypes.DESCRIBE,
  'describe-configs': AclOperationTypes.DESCRIBE_CONFIGS,
};
const patterns: Readonly<Record<Rule['pattern'], number>> = {
  literal: ResourcePatternTypes.LITERAL,
  prefixed: ResourcePatternTypes.PREFIXED,
};

/** Rules of Kafka's are for connections from anywhere: who may connect from where is the network's to say. */
const anyHost = '*';

/** The rule as Kafka keeps it. @param user as it logs in */
export function entryOf({ resource, name, pattern, operation }: Rule, user: string): AclEntry {
  return {
    principal: `User:${user}`,
    host: anyHost,
    resourceType: resourceTypes[resource],
    resourceName: name,
    resourcePatternType: patterns[pattern],
    operation: operations[operation],
    permissionType: AclPermissionTypes.ALLOW,
  };
}

/** The same for entries that say the same. */
export function keyOf(entry: AclEntry): string {
  const { principal, host, resourceType, resourceName, resourcePatternType, operation, permissionType } =
    entry;
  return JSON.stringify([
    ...[principal, host, resourceType, resourceName, resourcePatternType, operation, permissionType],
  ]);
}

/** How people are told of an entry: `User:tail may write topic logs.app`. */
export function wordingOf(entry: AclEntry): string {
  const { principal, host, resourceType, resourceName, resourcePatternType, operation, permissionType } =
    entry;
  const may = permissionType === AclPermissionTypes.ALLOW ? 'may' : 'must not';
  const like = resourcePatternType === ResourcePatternTypes.PREFIXED ? `${resourceName}*` : resourceName;
  const from = host === anyHost ? '' : ` from ${host}`;
  return `${principal} ${may} ${nameOf(AclOperationTypes, operation)} ${nameOf(AclResourceTypes, resourceType)} ${like}${from}`;
}

function nameOf(numbers: Readonly<Record<string, number | string>>, value: number): string {
  const found = Object.entries(numbers).find(([, number]) => number === value)?.[0] ?? String(value);
  return found.toLowerCase().replaceAll('_', '-');
}

/** Every entry that the cluster has. @throws what kafkajs throws: SECURITY_DISABLED where it has no authorizer */
export async function listEntries(admin: Admin): Promise<AclEntry[]> {
  const { resources } = await admin.describeAcls({
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
  });
  return resources.flatMap(({ acls, ...resource }) =>
    acls.map((acl) => ({
      ...acl,
      resourceType: resource.resourceType,
      resourceName: resource.resourceName,
      resourcePatternType: resource.resourcePatternType,
    })),
  );
}

/** Whether an entry lets somebody do something to a topic. */
export function concerns(
  { resourceType, resourceName, resourcePatternType }: AclEntry,
  topic: string,
): boolean {
  if (resourceType !== AclResourceTypes.TOPIC) return false;
  if (resourcePatternType === ResourcePatternTypes.PREFIXED) return topic.startsWith(resourceName);
  return resourceName === '*' || resourceName === topic;
}

export function isAllowing({ permissionType }: AclEntry): boolean {
  return permissionType === AclPermissionTypes.ALLOW;
}
