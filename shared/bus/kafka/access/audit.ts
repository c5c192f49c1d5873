import type { AclEntry } from 'kafkajs';
import type { Logger } from 'pino';
import { topicSpecs } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { protocolError } from '../failure.ts';
import { administer, userNames } from './accounts.ts';
import { concerns, isAllowing, listEntries, wordingOf } from './acls.ts';
import { type BrokerSettings, readBrokerSettings } from './broker-settings.ts';
import { compareRights } from './compare.ts';
import { scramUsers } from './scram-users.ts';

/** One thing at Kafka that is not as it should be. */
export interface KafkaAccessFinding {
  /** `missing`: somebody may not do what he must. `too-much`: he may do more than he must. `open`: anybody may. */
  readonly kind: 'missing' | 'too-much' | 'open';
  readonly what: string;
  readonly remedy: string;
  /** Whether `logpatrol setup --secrets DIR` mends it. */
  readonly mendedBySetup: boolean;
}

/** Who they are is not known, or anybody is meant. */
const anybody: ReadonlySet<string> = new Set(['User:ANONYMOUS', 'User:*']);

const setUp = 'run: logpatrol setup --part access --secrets DIR';

/**
 * Compares accounts, rights and listeners of Kafka with what they should be; nothing where all is well.
 *
 * @throws LogpatrolError `unreachable` where it does not answer or `kafka.sasl` is no administrator
 */
export async function auditKafkaAccess(
  config: Config,
  { logger }: { readonly logger: Logger },
): Promise<KafkaAccessFinding[]> {
  return administer(config, logger, 'look at the accounts', async ({ settings, createClient, admin }) => {
    const brokers = await admin.use(readBrokerSettings);
    const findings = brokers.flatMap(ofBroker);
    const entries = await admin.use(listEntries).catch((error: unknown) => {
      if (protocolError(error) === 'SECURITY_DISABLED') return undefined;
      throw error;
    });
    if (entries === undefined) return findings;
    const users = await scramUsers(createClient);
    const without = userNames(settings).filter((user) => !users.has(user));
    const superUsers = new Set(brokers.flatMap(({ superUsers: names }) => names));
    return [
      ...findings,
      ...without.map((user) => missing(`Kafka has no user ${user} with a password for SCRAM-SHA-512`)),
      ...compareRights(config, settings, entries).flatMap((account) => [
        ...account.missing.map((entry) => missing(`${wordingOf(entry)}: this right is missing`)),
        ...account.tooMuch.map((entry) => ({
          ...{ kind: 'too-much' as const, mendedBySetup: true, remedy: setUp },
          what: `${wordingOf(entry)}: it need not`,
        })),
      ]),
      ...ofOthers(
        config,
        entries,
        new Set([...userNames(settings).map((user) => `User:${user}`), ...superUsers]),
      ),
    ];
  });
}

function missing(what: string): KafkaAccessFinding {
  return { kind: 'missing', what, remedy: setUp, mendedBySetup: true };
}

function open(what: string, remedy: string): KafkaAccessFinding {
  return { kind: 'open', what, remedy, mendedBySetup: false };
}

/** Rights of others on this installation's topics. */
function ofOthers(
  config: Config,
  entries: readonly AclEntry[],
  ours: ReadonlySet<string>,
): KafkaAccessFinding[] {
  const prefix = config.kafka?.prefix ?? '';
  const topics = topicSpecs(config).map(({ name }) => prefix + name);
  return entries
    .filter((entry) => !ours.has(entry.principal) && isAllowing(entry))
    .filter((entry) => topics.some((topic) => concerns(entry, topic)))
    .map((entry) => ({
      kind: anybody.has(entry.principal) ? ('open' as const) : ('too-much' as const),
      what: `${wordingOf(entry)}: this is none of logpatrol's accounts`,
      remedy: 'take it away by kafka-acls.sh --remove, unless you gave it on purpose',
      mendedBySetup: false,
    }));
}

function ofBroker({
  broker,
  authorizer,
  allowsWithoutRule,
  superUsers,
  listeners,
}: BrokerSettings): KafkaAccessFinding[] {
  const of = `broker ${broker}`;
  return [
    ...(authorizer === ''
      ? [
          open(
            `${of} has no authorizer: everybody who reaches it may do everything`,
            'set authorizer.class.name',
          ),
        ]
      : []),
    ...(allowsWithoutRule
      ? [
          open(
            `${of} lets everybody use what no rule speaks of`,
            'set allow.everyone.if.no.acl.found=false, which is the default',
          ),
        ]
      : []),
    ...superUsers
      .filter((user) => anybody.has(user))
      .map((user) => open(`${of} takes ${user} for an administrator`, 'take it out of super.users')),
    ...[...listeners].flatMap(([name, protocol]) => {
      const has = `${of}, listener ${name} (${protocol}):`;
      if (!protocol.endsWith('SSL'))
        return [open(`${has} what goes over it is not encrypted`, 'make it SASL_SSL, or take it away')];
      return [];
    }),
  ];
}
