import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Principal, principals } from '#shared/access/index.ts';
import type { Config } from '#shared/config/index.ts';
import type { Change } from '../../port.ts';
import { type Administration, administer, isPassword, userName } from './accounts.ts';
import { listEntries } from './acls.ts';
import { compareRights, type Differences } from './compare.ts';
import { scramUsers, setScramPasswords } from './scram-users.ts';

export interface KafkaAccessOptions {
  readonly dryRun: boolean;
  readonly logger: Logger;
}

/** How long brokers may take to learn what the controller has accepted. */
const inForceMs = 10_000;
const retryMs = 50;

/**
 * Brings accounts and their rights at Kafka to what the configuration needs: makes users, gives those whose password is another one
 * the one here, and adds and takes away rights. Of others' accounts and rights nothing is touched.
 *
 * @param passwords of each account; one that is not in it keeps its own, or is not there
 * @throws LogpatrolError `unreachable` where it does not answer or `kafka.sasl` is no administrator, `unusable-environment`
 *   where it has no authorizer
 */
export async function applyKafkaAccess(
  config: Config,
  passwords: ReadonlyMap<Principal, string>,
  { dryRun, logger }: KafkaAccessOptions,
): Promise<Change[]> {
  return administer(config, logger, 'set the accounts up', async (administration) => {
    // the rights first: whether there is an authorizer at all, is known then
    const rights = await applyRights(config, administration, dryRun);
    const users = await applyUsers(passwords, administration, dryRun, logger);
    return [...users, ...rights];
  });
}

async function applyUsers(
  passwords: ReadonlyMap<Principal, string>,
  { settings, createClient }: Administration,
  dryRun: boolean,
  logger: Logger,
): Promise<Change[]> {
  const existing = await scramUsers(createClient);
  const toSet = new Map<string, string>();
  const changes: Change[] = [];
  for (const principal of principals) {
    const password = passwords.get(principal);
    if (password === undefined) continue;
    const user = userName(principal, settings);
    const what = `Kafka user ${user}`;
    if (!existing.has(user)) changes.push({ what, action: 'create' });
    else if (await isPassword(settings, user, password, logger)) changes.push({ what, action: 'none' });
    else changes.push({ what, action: 'update', detail: 'another password' });
    if (changes.at(-1)?.action !== 'none') toSet.set(user, password);
  }
  if (dryRun || toSet.size === 0) return changes;
  await setScramPasswords(createClient, toSet);
  await until(async () => {
    for (const [user, password] of toSet)
      if (!(await isPassword(settings, user, password, logger))) return false;
    return true;
  });
  return changes;
}

async function applyRights(
  config: Config,
  { settings, admin }: Administration,
  dryRun: boolean,
): Promise<Change[]> {
  const look = async () => compareRights(config, settings, await admin.use(listEntries));
  const found = await look();
  const missing = found.flatMap((account) => account.missing);
  const tooMuch = found.flatMap((account) => account.tooMuch);
  if (!dryRun) {
    if (missing.length > 0) await admin.use((client) => client.createAcls({ acl: missing }));
    if (tooMuch.length > 0) await admin.use((client) => client.deleteAcls({ filters: tooMuch }));
    if (missing.length + tooMuch.length > 0)
      await until(async () => (await look()).every((one) => one.missing.length + one.tooMuch.length === 0));
  }
  return found.map(changeOf);
}

function changeOf({ user, wanted, missing, tooMuch }: Differences): Change {
  const what = `rights of Kafka user ${user}`;
  if (missing.length + tooMuch.length === 0)
    return { what, action: 'none', detail: `${wanted.length} rules` };
  const isNew = missing.length === wanted.length && tooMuch.length === 0;
  if (isNew) return { what, action: 'create', detail: `${wanted.length} rules` };
  return { what, action: 'update', detail: `${missing.length} rules more, ${tooMuch.length} fewer` };
}

/** The controller's word is not yet each broker's: what was set up is to be usable at once. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + inForceMs;
  while (!(await isSo()) && performance.now() < deadline) await delay(retryMs);
}
