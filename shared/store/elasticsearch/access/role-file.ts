import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type PersonRole, type Principal, personRoles, principals } from '#shared/access/index.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { MetricSource } from '#shared/model/index.ts';

/** What a role or an API key may do, as a file of `elasticsearch/roles/` says, the names filled in. */
export const Role = z.strictObject({
  description: z.string().min(1),
  cluster: z.array(z.string()),
  indices: z.array(z.strictObject({ names: z.array(z.string()), privileges: z.array(z.string()) })),
  applications: z
    .array(
      z.strictObject({
        application: z.string(),
        privileges: z.array(z.string()),
        resources: z.array(z.string()),
      }),
    )
    .optional(),
});
export type Role = z.infer<typeof Role>;

/** Principals with a key of Elasticsearch. Filebeat speaks to Kafka alone. */
export const keyHolders: readonly Principal[] = principals.filter((principal) => principal !== 'filebeat');

/** Whoever has a role: each holder of a key, and the roles of people. */
export const roleNames: readonly (Principal | PersonRole)[] = [...keyHolders, ...personRoles];

const folder = new URL('../../../../elasticsearch/roles/', import.meta.url);

/** The name of a principal's key and role, or of a role of people, in an installation. */
export function accessName(name: Principal | PersonRole, namespace: string): string {
  return `logpatrol-${name}-${namespace}`;
}

/** Whether a role, mapping or key of this name belongs to an installation: `logpatrol-…-a` is not that of `prod-a`. */
export function isOfInstallation(name: string, namespace: string): boolean {
  const [start, end] = ['logpatrol-', `-${namespace}`];
  if (!name.startsWith(start) || !name.endsWith(end)) return false;
  const whose = name.slice(start.length, -end.length);
  return whose !== '' && !roleNames.some((known) => whose.startsWith(`${known}-`));
}

type RoleConfig = Pick<Config, 'routes' | 'kibana' | 'snapshots' | 'drill'>;

/** Files that make up a role: rights that only some settings need stand in files of their own. */
function filesOf(name: Principal | PersonRole, { snapshots, drill }: RoleConfig): string[] {
  const hasSnapshots = snapshots.repository !== undefined;
  if (name === 'operator') return [name, ...(hasSnapshots ? ['operator-snapshots'] : [])];
  if (name !== 'housekeeping') return [name];
  return [
    name,
    ...(drill.everyMinutes === undefined ? [] : ['housekeeping-drill']),
    ...(hasSnapshots ? ['housekeeping-snapshots'] : []),
    ...(hasSnapshots && snapshots.restoreProbe ? ['housekeeping-restore-probe'] : []),
  ];
}

/**
 * The role of somebody in this installation: `<type>` stands for each log type of the routes, `<source>` for each source of readings,
 * `<drilled>` for the type of drills, `<namespace>` and `<space>` (of Kibana) for the installation's.
 */
export async function roleOf(
  name: Principal | PersonRole,
  config: RoleConfig,
  namespace: string,
): Promise<Role> {
  const [own, ...more] = await Promise.all(
    filesOf(name, config).map((file) => readRole(file, config, namespace)),
  );
  if (own === undefined) throw new Error(`no file for ${name}`);
  return {
    ...own,
    cluster: [...own.cluster, ...more.flatMap(({ cluster }) => cluster)],
    indices: [...own.indices, ...more.flatMap(({ indices }) => indices)],
  };
}

async function readRole(
  file: string,
  { routes, kibana, drill }: RoleConfig,
  namespace: string,
): Promise<Role> {
  const text = await readFile(new URL(`${file}.json`, folder), 'utf8');
  const filled = text.replaceAll('<namespace>', namespace).replaceAll('<space>', kibana?.space ?? 'default');
  let role: Role;
  try {
    role = Role.parse(JSON.parse(filled));
  } catch (cause) {
    throw new LogpatrolError('invalid-config', `elasticsearch/roles/${file}.json is not valid`, { cause });
  }
  const types = Object.keys(routes);
  const indices = role.indices
    .map(({ names, privileges }) => ({
      names: names
        .flatMap((one) => expand(one, '<type>', types))
        .flatMap((one) => expand(one, '<drilled>', drill.type === undefined ? types : [drill.type]))
        .flatMap((one) => expand(one, '<source>', MetricSource.options)),
      privileges,
    }))
    .filter(({ names }) => names.length > 0);
  return { ...role, indices };
}

function expand(name: string, placeholder: string, values: readonly string[]): string[] {
  return name.includes(placeholder) ? values.map((value) => name.replaceAll(placeholder, value)) : [name];
}
