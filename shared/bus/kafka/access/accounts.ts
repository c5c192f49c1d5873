import type { Logger } from 'pino';
import { type Principal, principals } from '#shared/access/index.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { AdminConnection } from '../admin.ts';
import { type CreateClient, clientFactory, type KafkaSettings } from '../client.ts';
import { protocolError, toLogpatrolError } from '../failure.ts';
import { checkInternals } from '../internals.ts';

/** The name that an account logs in with: the prefix keeps installations on one cluster apart, as it does their topics. */
export function userName(principal: Principal, { prefix }: Pick<KafkaSettings, 'prefix'>): string {
  return `${prefix}${principal}`;
}

/** Names of all accounts of an installation. */
export function userNames(settings: Pick<KafkaSettings, 'prefix'>): string[] {
  return principals.map((principal) => userName(principal, settings));
}

/** The administrator's connection, and what is done with it. */
export interface Administration {
  readonly settings: KafkaSettings;
  readonly createClient: CreateClient;
  readonly admin: AdminConnection;
}

/**
 * Does something as whom `kafka.sasl` names, who must be an administrator.
 *
 * @param doing for the message where it fails: "look at the accounts"
 * @throws LogpatrolError `invalid-config` without `kafka`; else what says what to do
 */
export async function administer<T>(
  config: Config,
  logger: Logger,
  doing: string,
  act: (administration: Administration) => Promise<T>,
): Promise<T> {
  const settings = config.kafka;
  if (settings === undefined)
    throw new LogpatrolError(
      'invalid-config',
      'kafka: without it there are no accounts at Kafka to look after',
    );
  const createClient = clientFactory(settings, 'logpatrol-access', logger);
  checkInternals(createClient());
  const admin = new AdminConnection(createClient);
  try {
    return await act({ settings, createClient, admin });
  } catch (error) {
    if (protocolError(error) === 'SECURITY_DISABLED') throw open(settings);
    throw toLogpatrolError(error, doing, settings.brokers.join(','));
  } finally {
    admin.close();
  }
}

function open({ brokers }: KafkaSettings): LogpatrolError {
  return new LogpatrolError(
    'unusable-environment',
    `Kafka at ${brokers.join(',')} has no authorizer, so everybody who reaches it may do everything: set authorizer.class.name (docs/kafka-access.md), or run setup without --part access and --secrets`,
  );
}

/**
 * Whether an account's password is this one. Kafka keeps it salted and gives nothing of it away, so the way to know is to log in.
 *
 * @throws what kafkajs throws where that fails for another reason
 */
export async function isPassword(
  settings: KafkaSettings,
  username: string,
  password: string,
  logger: Logger,
): Promise<boolean> {
  const sasl = { mechanism: 'scram-sha-512', username, password } as const;
  const admin = clientFactory({ ...settings, sasl }, 'logpatrol-access', logger)().admin();
  try {
    await admin.connect();
    return true;
  } catch (error) {
    if (isWrongPassword(error)) return false;
    throw error;
  } finally {
    admin.disconnect().catch(() => {}); // it has told what it should
  }
}

function isWrongPassword(error: unknown): boolean {
  return error instanceof Error && error.name === 'KafkaJSSASLAuthenticationError';
}
