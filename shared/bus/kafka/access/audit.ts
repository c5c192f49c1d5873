import type { AclEntry } from 'kafkajs';
import type { Logger } from 'pino';
import { topicSpecs } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import type { Change } from '../../port.ts';
import { protocolError } from '../failure.ts';
import { administer, userNames } from './accounts.ts';
import { concerns, isAllowing, listEntries, wordingOf } from './acls.ts';
import { applyKafkaAccess } from './apply.ts';
import { type BrokerSettings, readBrokerSettings } from './broker-settings.ts';
import { compareRights } from './compare.ts';
import { scramUsers } from './scram-users.ts';

/** Something at Kafka that is other than it should be. */
export interface KafkaAccessDifference {
  readonly what: string;
  readonly is: string;
  readonly shouldBe: string;
  /** Whether `mendKafkaAccess` mends it; the rest is somebody's decision, or that of Kafka's own configuration. */
  readonly canMend: boolean;
}

/** Who they are is not known, or anybody is meant. */
const anybody: ReadonlySet<string> = new Set(['User:ANONYMOUS', 'User:*']);

/**
 * Compares users, rights and listeners of Kafka with what they should be; nothing where all is well. Run as an administrator.
 *
 * @throws LogpatrolError `unreachable` where it does not answer or `kafka.sasl` is no administrator; `invalid-config` without `kafka`
 */
export async function auditKafkaAccess(
  config: Config,
  { logger }: { readonly logger: Logger },
): Promise<KafkaAccessDifference[]> {
  return administer(config, logger, 'look at the accounts', async ({ settings, createClient, admin }) => {
    const brokers = await admin.use(readBrokerSettings);
    const found = brokers.flatMap(ofBroker);
    const entries = await admin.use(listEntries).catch((error: unknown) => {
      // Without an authorizer there are no rights to look at, which is told of the brokers.
      if (protocolError(error) === 'SECURITY_DISABLED') return undefined;
      throw error;
    });
    if (entries === undefined) return found;
    const users = await scramUsers(createClient);
    const ours = new Set([
      ...userNames(settings).map((user) => `User:${user}`),
      ...brokers.flatMap(({ superUsers }) => superUsers),
    ]);
    return [
      ...found,
      ...userNames(settings)
        .filter((user) => !users.has(user))
        .map((user) => ({
          ...{ what: `Kafka user ${user}`, is: 'missing', canMend: false },
          shouldBe: 'there, with its password: logpatrol setup --part access --secrets DIR',
        })),
      ...compareRights(config, settings, entries).flatMap(({ missing, tooMuch }) => [
        ...missing.map((entry) => difference(wordingOf(entry), 'missing', 'a right', true)),
        ...tooMuch.map((entry) => difference(wordingOf(entry), 'a right', 'none: it need not', true)),
      ]),
      ...rightsOfOthers(config, entries, ours),
    ];
  });
}

/**
 * Mends what `auditKafkaAccess` says can be: the rights of the installation's accounts. Passwords stay as they are.
 *
 * @throws as `applyKafkaAccess`
 */
export async function mendKafkaAccess(
  config: Config,
  { logger }: { readonly logger: Logger },
): Promise<Change[]> {
  const changes = await applyKafkaAccess(config, new Map(), { dryRun: false, logger });
  return changes.filter(({ action }) => action !== 'none');
}

function difference(what: string, is: string, shouldBe: string, canMend: boolean): KafkaAccessDifference {
  return { what, is, shouldBe, canMend };
}

/** Rights of others on this installation's topics. */
function rightsOfOthers(
  config: Config,
  entries: readonly AclEntry[],
  ours: ReadonlySet<string>,
): KafkaAccessDifference[] {
  const prefix = config.kafka?.prefix ?? '';
  const topics = topicSpecs(config).map(({ name }) => prefix + name);
  return entries
    .filter((entry) => !ours.has(entry.principal) && isAllowing(entry))
    .filter((entry) => topics.some((topic) => concerns(entry, topic)))
    .map((entry) => {
      const whose = anybody.has(entry.principal) ? 'of anybody who reaches it' : "of none of logpatrol's";
      return difference(
        wordingOf(entry),
        `a right ${whose}`,
        'none, unless you gave it on purpose: kafka-acls.sh --remove takes it away',
        false,
      );
    });
}

function ofBroker({
  broker,
  authorizer,
  allowsWithoutRule,
  superUsers,
  listeners,
}: BrokerSettings): KafkaAccessDifference[] {
  const of = `Kafka broker ${broker}`;
  const found: KafkaAccessDifference[] = [];
  const say = (what: string, is: string, shouldBe: string): void => {
    found.push(difference(what, is, shouldBe, false));
  };
  if (authorizer === '')
    say(
      `${of}, authorizer.class.name`,
      'not set: everybody who reaches it may do everything',
      'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    );
  if (allowsWithoutRule)
    say(
      `${of}, allow.everyone.if.no.acl.found`,
      'true: everybody may use what no rule speaks of',
      'false, which is the default',
    );
  for (const user of superUsers.filter((one) => anybody.has(one)))
    say(`${of}, super.users`, `${user}: anybody is an administrator`, 'administrators by name');
  for (const [name, protocol] of listeners)
    if (!protocol.endsWith('SSL'))
      say(`${of}, listener ${name}`, `${protocol}: not encrypted`, 'SASL_SSL, or not there');
  return found;
}
