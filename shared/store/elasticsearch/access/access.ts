import { z } from 'zod';
import type { PersonRole, Principal } from '#shared/access/index.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { Connection, type ElasticsearchConfig, Forbidden, Refused } from '../connection.ts';
import { accessName, isOfInstallation, type Role, roleNames, roleOf } from './role-file.ts';
import { type RoleMapping, roleMappingsOf } from './role-mappings.ts';

/** Where rights are looked at or set, and what they should be. */
export interface Access {
  readonly connection: Connection;
  readonly elasticsearch: ElasticsearchConfig;
  readonly namespace: string;
  readonly roles: ReadonlyMap<Principal | PersonRole, Role>;
  readonly mappings: ReadonlyMap<string, RoleMapping>;
}

/**
 * Opens a connection for the work, as a user who may manage security.
 *
 * @throws LogpatrolError `unreachable`; `unusable-environment` where Elasticsearch runs without security; `invalid-config`
 *   where there is no section `elasticsearch`
 */
export async function withAccess<T>(config: Config, work: (access: Access) => Promise<T>): Promise<T> {
  const { elasticsearch } = config;
  if (elasticsearch === undefined)
    throw new LogpatrolError(
      'invalid-config',
      'there is no section elasticsearch, so there are no rights there',
    );
  const { namespace } = elasticsearch;
  const roles = new Map<Principal | PersonRole, Role>();
  for (const name of roleNames) roles.set(name, await roleOf(name, config, namespace));
  const connection = new Connection(elasticsearch);
  try {
    await requireSecurity(connection);
    return await work({
      connection,
      elasticsearch,
      namespace,
      roles,
      mappings: roleMappingsOf(elasticsearch),
    });
  } finally {
    await connection.close();
  }
}

async function requireSecurity(connection: Connection): Promise<void> {
  try {
    await connection.call({ method: 'GET', path: '/_security/_authenticate' });
  } catch (error) {
    // There is no such address where security is off.
    if (!(error instanceof Refused)) throw error;
    throw new LogpatrolError(
      'unusable-environment',
      `Elasticsearch at ${connection.url} runs without security, so anybody may do anything there: set xpack.security.enabled: true in its elasticsearch.yml`,
      { cause: error },
    );
  }
}

/** Who this connection is at Elasticsearch. */
export async function whoAmI(connection: Connection): Promise<string> {
  const answer = await connection.call({ method: 'GET', path: '/_security/_authenticate' });
  return z.object({ username: z.string() }).parse(answer).username;
}

/** Whether somebody with this password is let in. */
export async function isLetIn(
  elasticsearch: ElasticsearchConfig,
  username: string,
  password: string,
): Promise<boolean> {
  const { apiKey: _apiKey, ...settings } = elasticsearch;
  const connection = new Connection({ ...settings, username, password });
  try {
    return (await whoAmI(connection)) === username;
  } catch (error) {
    if (error instanceof Forbidden) return false;
    throw error;
  } finally {
    await connection.close();
  }
}

const Roles = z.record(z.string(), z.unknown());

/** Every role that Elasticsearch has, by name; the built-in ones too. */
export async function readRoles(connection: Connection): Promise<Record<string, unknown>> {
  return Roles.parse(await connection.call({ method: 'GET', path: '/_security/role' }));
}

/** Every native role of the installation that is there, by name. */
export async function presentRoles({ connection, namespace }: Access): Promise<Map<string, unknown>> {
  const all = Object.entries(await readRoles(connection));
  return new Map(all.filter(([name]) => isOfInstallation(name, namespace)));
}

/** The roles that there should be, by their names at Elasticsearch. */
export function wantedRoles({ roles, namespace }: Access): Map<string, Role> {
  return new Map([...roles].map(([name, role]) => [accessName(name, namespace), role]));
}

const Mappings = z.record(
  z.string(),
  z.object({ enabled: z.boolean(), roles: z.array(z.string()).default([]), rules: z.unknown() }),
);
/** A role mapping as it is. */
export type PresentMapping = z.infer<typeof Mappings>[string];

/** Every role mapping, by name. */
export async function presentMappings(connection: Connection): Promise<Map<string, PresentMapping>> {
  return new Map(
    Object.entries(Mappings.parse(await connection.call({ method: 'GET', path: '/_security/role_mapping' }))),
  );
}
