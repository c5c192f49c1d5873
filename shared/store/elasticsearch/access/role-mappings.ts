import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type PersonRole, personRoles } from '#shared/access/index.ts';
import type { ElasticsearchConfig } from '../connection.ts';
import type { PresentMapping } from './access.ts';
import { accessName } from './role-file.ts';

/** One group is answered without its list. */
const Rules = z.strictObject({
  field: z.strictObject({
    groups: z.union([z.array(z.string()), z.string().transform((group) => [group])]),
  }),
});

/** A role mapping as Elasticsearch keeps it: who has one of these groups has these roles. */
export interface RoleMapping {
  readonly enabled: boolean;
  readonly roles: readonly string[];
  readonly rules: { readonly field: { readonly groups: readonly string[] } };
  readonly metadata: { readonly managed_by: 'logpatrol' };
}

/** The mappings of an installation by their names, as `elasticsearch.roleMappings` says; none where it names no groups. */
export function roleMappingsOf({
  roleMappings,
  namespace,
}: Pick<ElasticsearchConfig, 'roleMappings' | 'namespace'>): Map<string, RoleMapping> {
  const groupsOf = (role: PersonRole): string[] =>
    roleMappings.filter((mapping) => mapping.role === role).flatMap(({ groups }) => groups);
  return new Map(
    personRoles
      .map((role) => ({ role, groups: [...new Set(groupsOf(role))].sort() }))
      .filter(({ groups }) => groups.length > 0)
      .map(({ role, groups }) => [
        accessName(role, namespace),
        {
          enabled: true,
          roles: [accessName(role, namespace)],
          rules: { field: { groups } },
          metadata: { managed_by: 'logpatrol' },
        },
      ]),
  );
}

/** Whether a mapping is what it should be; in whatever order its groups stand. */
export function isSameMapping(is: PresentMapping, should: RoleMapping): boolean {
  const groups = Rules.safeParse(is.rules);
  return (
    is.enabled &&
    isDeepStrictEqual(is.roles, should.roles) &&
    groups.success &&
    isDeepStrictEqual([...groups.data.field.groups].sort(), should.rules.field.groups)
  );
}

/** As people read it. */
export function groupsInWords({ roles, rules }: RoleMapping): string {
  return `${roles.join(', ')} to ${rules.field.groups.join('; ')}`;
}
