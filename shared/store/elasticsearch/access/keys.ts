import { z } from 'zod';
import type { Principal } from '#shared/access/index.ts';
import type { Connection } from '../connection.ts';
import { differenceInWords } from './grants.ts';
import { accessName, isOfInstallation, keyHolders, type Role } from './role-file.ts';

const Key = z.object({
  id: z.string(),
  name: z.string(),
  /** Milliseconds since the epoch. */
  creation: z.number(),
  invalidated: z.boolean(),
  username: z.string(),
  role_descriptors: z.record(z.string(), z.unknown()).default({}),
});
/** A key of ours that is in force. */
export type Key = z.infer<typeof Key>;
const Keys = z.object({ api_keys: z.array(Key) });
const Made = z.object({ encoded: z.string() });

/** The keys in force whose name says that they are of this installation, the newest first. */
export async function keysOf(connection: Connection, namespace: string): Promise<Key[]> {
  const answer = await connection.call({
    method: 'GET',
    path: '/_security/api_key',
    query: { name: 'logpatrol-*', active_only: true },
  });
  return Keys.parse(answer)
    .api_keys.filter(({ name, invalidated }) => isOfInstallation(name, namespace) && !invalidated)
    .sort((one, other) => other.creation - one.creation);
}

/** Whose key it is by its name; undefined where it is nobody's that we know. */
export function holderOf(key: Key, namespace: string): Principal | undefined {
  return keyHolders.find((principal) => accessName(principal, namespace) === key.name);
}

/** The id inside a key as a client is given it: base64 of `id:key`. */
export function idIn(encoded: string): string {
  return Buffer.from(encoded, 'base64').toString('utf8').split(':')[0] ?? '';
}

/** What a key may beyond its role, and what it may not, in words; undefined where it is as it should be. */
export function keyDifference(key: Key, role: Role): string | undefined {
  const [descriptor, ...others] = Object.values(key.role_descriptors);
  if (descriptor === undefined) return `too much: all that its owner ${key.username} may`;
  if (others.length > 0) return `too much: it has ${others.length} roles besides its own`;
  return differenceInWords(descriptor, role);
}

function contentOf(principal: Principal, namespace: string, role: Role): Record<string, unknown> {
  // An empty list of descriptors would mean all that its owner may.
  const { description: _saidByTheName, ...descriptor } = role;
  return {
    role_descriptors: { [accessName(principal, namespace)]: descriptor },
    metadata: { managed_by: 'logpatrol', namespace, principal },
  };
}

/** A new key, as a client is given it. */
export async function makeKey(
  connection: Connection,
  principal: Principal,
  namespace: string,
  role: Role,
): Promise<string> {
  const body = { name: accessName(principal, namespace), ...contentOf(principal, namespace, role) };
  // Else each waits for the next refresh of Elasticsearch's own index, up to a second.
  const query = { refresh: true };
  return Made.parse(await connection.call({ method: 'POST', path: '/_security/api_key', query, body }))
    .encoded;
}

/** Gives a key other rights; it stays the same key. Only its owner can. */
export async function updateKey(
  connection: Connection,
  id: string,
  principal: Principal,
  namespace: string,
  role: Role,
): Promise<void> {
  await connection.call({
    method: 'PUT',
    path: `/_security/api_key/${encodeURIComponent(id)}`,
    body: contentOf(principal, namespace, role),
  });
}

/** Ends keys for good. */
export async function invalidateKeys(connection: Connection, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await connection.call({ method: 'DELETE', path: '/_security/api_key', body: { ids: [...ids] } });
}
