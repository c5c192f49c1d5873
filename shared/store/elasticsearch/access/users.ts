import { z } from 'zod';
import type { Change } from '#shared/bus/port.ts';
import { type Access, isLetIn } from './access.ts';
import { accessName } from './role-file.ts';

/** The account that people of an installation share until they have their own. */
export const sharedUser = 'oncall';

/** Passwords of users that set-up looks after. */
export interface UserPasswords {
  /** Of `oncall`, who has the role viewer. */
  readonly oncall?: string;
  /** Of `kibana_system`, as whom Kibana itself comes. */
  readonly kibanaSystem?: string;
}

const Users = z.record(z.string(), z.object({ roles: z.array(z.string()), enabled: z.boolean() }));
/** A native user as it is. */
export type User = z.infer<typeof Users>[string];

/** Every native user, by name; the built-in ones too. */
export async function presentUsers({ connection }: Access): Promise<Map<string, User>> {
  return new Map(
    Object.entries(Users.parse(await connection.call({ method: 'GET', path: '/_security/user' }))),
  );
}

/** Gives users the passwords and roles that they are to have; whoever is let in with theirs is left alone. */
export async function applyUsers(
  access: Access,
  { oncall, kibanaSystem }: UserPasswords,
  dryRun: boolean,
): Promise<Change[]> {
  const changes: Change[] = [];
  if (oncall !== undefined) changes.push(await applyShared(access, oncall, dryRun));
  if (kibanaSystem !== undefined)
    changes.push(await applyBuiltIn(access, 'kibana_system', kibanaSystem, dryRun));
  return changes;
}

async function applyShared(access: Access, password: string, dryRun: boolean): Promise<Change> {
  const what = `user ${sharedUser}`;
  const role = accessName('viewer', access.namespace);
  const present = (await presentUsers(access)).get(sharedUser);
  // Installations can share a cluster, and this account with it.
  const roles = [...new Set([...(present?.roles.filter(isViewer) ?? []), role])].sort();
  const isRight = present?.enabled === true && [...present.roles].sort().join() === roles.join();
  if (isRight && (await isLetIn(access.elasticsearch, sharedUser, password))) return { what, action: 'none' };
  if (!dryRun)
    await access.connection.call({
      method: 'PUT',
      path: `/_security/user/${sharedUser}`,
      body: { password, roles, enabled: true, full_name: 'On call', metadata: { managed_by: 'logpatrol' } },
    });
  if (present === undefined) return { what, action: 'create', detail: `role ${role}` };
  return { what, action: 'update', detail: isRight ? 'its password' : `roles ${roles.join(', ')}` };
}

/** Whether a role is that of people on call, of whatever installation. */
export function isViewer(role: string): boolean {
  return role.startsWith('logpatrol-viewer-');
}

async function applyBuiltIn(
  { connection, elasticsearch }: Access,
  name: string,
  password: string,
  dryRun: boolean,
): Promise<Change> {
  const what = `user ${name}`;
  if (await isLetIn(elasticsearch, name, password)) return { what, action: 'none' };
  if (!dryRun)
    await connection.call({
      method: 'POST',
      path: `/_security/user/${name}/_password`,
      body: { password },
    });
  return { what, action: 'update', detail: 'its password' };
}
