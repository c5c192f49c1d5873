import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Principal, principals } from '#shared/access/index.ts';
import type { Change } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { layout, readSecret, readSecretFile, writeSecretFile } from '#shared/secrets/index.ts';

/** The administrators that the servers of an installation begin with. */
const kafkaAdministrator = 'admin';
const elasticsearchAdministrator = 'elastic';

/**
 * The configuration with the administrators of the servers as users, where it names none itself, and the installation's own
 * authority.
 *
 * @throws LogpatrolError `unusable-environment` where the folder lacks what it takes
 */
export function asAdministrator(config: Config, secrets: string): Config {
  const { kafka, elasticsearch, kibana } = config;
  return {
    ...config,
    ...(kafka && {
      kafka: {
        ...kafka,
        ...(kafka.tls && { caFile: kafka.caFile ?? authorityIn(secrets) }),
        sasl: kafka.sasl ?? {
          mechanism: 'scram-sha-512',
          username: kafkaAdministrator,
          password: readSecret(secrets, 'setup/kafka-password'),
        },
      },
    }),
    ...(elasticsearch && {
      elasticsearch: { ...elasticsearch, ...elasticAt(elasticsearch.url, elasticsearch, secrets) },
    }),
    ...(kibana && { kibana: { ...kibana, ...elasticAt(kibana.apiUrl ?? kibana.url, kibana, secrets) } }),
  };
}

/** What is to be added to reach Elasticsearch, or Kibana, which lets the same accounts in. */
function elasticAt(
  url: string,
  named: { caFile?: string | undefined; username?: string | undefined; apiKey?: string | undefined },
  secrets: string,
): { caFile?: string; username?: string; password?: string } {
  const isNobody = named.username === undefined && named.apiKey === undefined;
  return {
    ...(url.startsWith('https:') && { caFile: named.caFile ?? authorityIn(secrets) }),
    ...(isNobody && {
      username: elasticsearchAdministrator,
      password: readSecret(secrets, 'setup/elasticsearch-password'),
    }),
  };
}

const authorityIn = (secrets: string): string => join(secrets, 'setup', 'ca.pem');

/**
 * Accounts and their rights at Kafka and Elasticsearch, with the passwords of a folder of secrets; keys that only Elasticsearch can
 * make are written there.
 *
 * @throws LogpatrolError `usage` where neither is used; else as the two say
 */
export async function setUpAccess(
  config: Config,
  { dryRun, logger, secrets }: { dryRun: boolean; logger: Logger; secrets: string },
): Promise<Change[]> {
  if (config.kafka === undefined && config.elasticsearch === undefined)
    throw new LogpatrolError(
      'usage',
      'there are no accounts to set up: bus and store are the embedded ones, whose files belong to who runs logpatrol',
    );
  const changes: Change[] = [];
  if (config.kafka === undefined) changes.push(embedded('Kafka', 'bus'));
  else {
    const { applyKafkaAccess } = await import('#shared/bus/kafka/access/index.ts');
    const passwords = new Map(
      principals.map((principal) => [principal, readSecret(secrets, `${principal}/kafka-password`)] as const),
    );
    changes.push(...(await applyKafkaAccess(config, passwords, { dryRun, logger })));
  }
  if (config.elasticsearch === undefined) changes.push(embedded('Elasticsearch', 'store'));
  else changes.push(...(await setUpElasticsearch(config, { dryRun, secrets })));
  return changes;
}

function embedded(server: string, what: string): Change {
  return { what: `accounts at ${server}`, action: 'none', detail: `the ${what} is the embedded one` };
}

async function setUpElasticsearch(
  config: Config,
  { dryRun, secrets }: { dryRun: boolean; secrets: string },
): Promise<Change[]> {
  const { applyElasticsearchAccess } = await import('#shared/store/elasticsearch/access/index.ts');
  const holders = principals.filter((principal) => layout[principal]['elasticsearch-api-key'] !== undefined);
  const held = new Map<Principal, string>();
  for (const principal of holders) {
    const key = readSecretFile(secrets, placeOf(principal));
    if (key !== undefined) held.set(principal, key);
  }
  const { changes, apiKeys } = await applyElasticsearchAccess(config, {
    dryRun,
    held,
    passwords: {
      oncall: readSecret(secrets, 'setup/viewer-password'),
      kibanaSystem: readSecret(secrets, 'kibana/elasticsearch-password'),
    },
  });
  // Cut off before this, the next run finds no key here and makes a new one in place of that which nobody has.
  for (const [principal, key] of apiKeys) writeSecretFile(secrets, placeOf(principal), key);
  return changes;
}

const placeOf = (principal: Principal): string => `${principal}/elasticsearch-api-key`;
