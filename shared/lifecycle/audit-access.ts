import type { Logger } from 'pino';
import type { Change } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { AccessAudit, AccessDifference } from '#shared/store/elasticsearch/access/index.ts';

/**
 * What differs at the servers that the configuration names.
 *
 * @throws LogpatrolError `usage` where bus and store are the embedded ones; `unreachable`
 */
export async function auditAccess(config: Config, logger: Logger): Promise<AccessAudit> {
  requireServers(config);
  const [elasticsearch, kafka] = await Promise.all([atElasticsearch(config), atKafka(config, logger)]);
  return {
    differences: [
      ...elasticsearch.differences.map((each) => ({ ...each, what: `Elasticsearch: ${each.what}` })),
      ...kafka.map((each) => ({ ...each, what: `Kafka: ${each.what}` })),
    ],
    remarks: elasticsearch.remarks,
  };
}

/** Mends what can be, and says what that was. @throws as `auditAccess` */
export async function mendAccess(config: Config, logger: Logger): Promise<Change[]> {
  requireServers(config);
  const changes: Change[] = [];
  if (config.elasticsearch !== undefined) {
    const { mendElasticsearchAccess } = await import('#shared/store/elasticsearch/access/index.ts');
    changes.push(...(await mendElasticsearchAccess(config)));
  }
  if (config.kafka !== undefined) {
    const { mendKafkaAccess } = await import('#shared/bus/kafka/access/index.ts');
    changes.push(...(await mendKafkaAccess(config, { logger })));
  }
  return changes;
}

function requireServers({ kafka, elasticsearch }: Config): void {
  if (kafka === undefined && elasticsearch === undefined)
    throw new LogpatrolError(
      'usage',
      'there are no rights to look at: bus and store are the embedded ones, whose files belong to who runs logpatrol',
    );
}

async function atElasticsearch(config: Config): Promise<AccessAudit> {
  if (config.elasticsearch === undefined) return { differences: [], remarks: [] };
  const { auditElasticsearchAccess } = await import('#shared/store/elasticsearch/access/index.ts');
  try {
    return await auditElasticsearchAccess(config);
  } catch (error) {
    if (!(error instanceof LogpatrolError) || error.kind !== 'unusable-environment') throw error;
    const shouldBe = 'on: xpack.security.enabled: true';
    return { differences: [{ what: 'security', is: 'off', shouldBe, canMend: false }], remarks: [] };
  }
}

async function atKafka(config: Config, logger: Logger): Promise<AccessDifference[]> {
  if (config.kafka === undefined) return [];
  const { auditKafkaAccess } = await import('#shared/bus/kafka/access/index.ts');
  return await auditKafkaAccess(config, { logger });
}
