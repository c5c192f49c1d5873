import { join } from 'node:path';
import { pino } from 'pino';
import type { Principal } from '#shared/access/index.ts';
import { type Config, ConfigSchema } from '#shared/config/index.ts';
import { setUp } from '#shared/lifecycle/index.ts';
import { readSecret } from '#shared/secrets/index.ts';
import { type SecuredKafka, startSecuredKafka } from '#test/stack/secured-kafka.ts';
import { type CreateClient, clientFactory, type KafkaSettings } from '../../client.ts';
import { userName } from '../index.ts';

export const quiet = pino({ level: process.env.LOGPATROL_TEST_LOG ?? 'silent' });

/** A secured Kafka with an installation on it. */
export interface Setting {
  readonly kafka: SecuredKafka;
  /** As the administrator. */
  readonly config: Config;
  /** The same installation as one of its accounts. */
  configAs(principal: Principal, over?: Record<string, unknown>): Config;
  /** Clients of kafkajs that log in as that account. */
  clientAs(principal: Principal): CreateClient;
}

/** What is behind `config.kafka`. */
export function kafkaOf({ kafka }: Config): KafkaSettings {
  if (kafka === undefined) throw new Error('no Kafka');
  return kafka;
}

/** Starts the broker. Installations come by `install`. */
export const start = startSecuredKafka;

/**
 * One more installation on the broker: topics, users and rights, set up as `logpatrol setup --secrets` does it.
 *
 * @param sections of its configuration besides `kafka`
 */
export async function install(
  kafka: SecuredKafka,
  prefix: string,
  sections: Record<string, unknown>,
): Promise<Setting> {
  const configWith = (
    sasl: { username: string; password: string },
    over: Record<string, unknown> = {},
  ): Config =>
    ConfigSchema.parse({
      ...sections,
      ...over,
      kafka: {
        brokers: [kafka.address],
        prefix,
        tls: true,
        caFile: join(kafka.secrets, 'operator', 'ca.pem'),
        sasl: { mechanism: 'scram-sha-512', ...sasl },
        sessionTimeoutSeconds: 6,
      },
    });
  const config = configWith({
    username: 'admin',
    password: readSecret(kafka.secrets, 'setup/kafka-password'),
  });
  await setUp(config, { dryRun: false, logger: quiet, parts: ['topics', 'access'], secrets: kafka.secrets });
  const configAs: Setting['configAs'] = (principal, over) =>
    configWith(
      {
        username: userName(principal, { prefix }),
        password: readSecret(kafka.secrets, `${principal}/kafka-password`),
      },
      over,
    );
  return {
    kafka,
    config,
    configAs,
    clientAs: (principal) => clientFactory(kafkaOf(configAs(principal)), `test-${principal}`, quiet),
  };
}
