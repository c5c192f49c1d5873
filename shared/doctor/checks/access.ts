import { LogpatrolError } from '#shared/errors/index.ts';
import type { Answer, Check } from '../check.ts';

const mostNamed = 3;

/** Whether roles, keys and mappings at Elasticsearch are as they should be. */
export const elasticsearchAccessCheck: Check = {
  name: 'elasticsearch-access',
  part: 'store',
  anchors: ['role-mapping'],
  applies: ({ elasticsearch }) => elasticsearch !== undefined,
  async ask({ config }) {
    const { auditElasticsearchAccess } = await import('#shared/store/elasticsearch/access/index.ts');
    const name = 'rights at Elasticsearch';
    try {
      const { differences } = await auditElasticsearchAccess(config);
      return [
        differencesAnswer(
          name,
          differences.map(({ what, is, shouldBe }) => `${what}: ${is}; should be ${shouldBe}`),
          'role-mapping',
          '`logpatrol security audit` lists all; `logpatrol security audit --mend` mends what it may',
        ),
      ];
    } catch (error) {
      if (!(error instanceof LogpatrolError) || error.kind !== 'unusable-environment') throw error;
      return [
        {
          ...{ name, status: 'warning', anchor: 'role-mapping', detail: error.message },
          remedy: 'switch on xpack.security in Elasticsearch, and run `logpatrol setup --secrets DIR`',
        },
      ];
    }
  },
};

/** Whether accounts and rights at Kafka are as they should be. */
export const kafkaAccessCheck: Check = {
  name: 'kafka-access',
  part: 'bus',
  anchors: ['kafka-rights'],
  applies: ({ kafka }) => kafka !== undefined,
  async ask({ config, logger }) {
    const { auditKafkaAccess } = await import('#shared/bus/kafka/access/index.ts');
    const found = await auditKafkaAccess(config, { logger });
    return [
      differencesAnswer(
        'rights at Kafka',
        found.map(({ what }) => what),
        'kafka-rights',
        '`logpatrol security audit` lists all; `logpatrol setup --part access --secrets DIR` gives each account its rights',
      ),
    ];
  },
};

function differencesAnswer(name: string, lines: readonly string[], anchor: string, remedy: string): Answer {
  if (lines.length === 0)
    return { name, status: 'ok', detail: 'each account may do what it must, and no more' };
  const more = lines.length > mostNamed ? ` (and ${lines.length - mostNamed} more)` : '';
  return {
    name,
    status: 'warning',
    detail: `${lines.slice(0, mostNamed).join('; ')}${more}`,
    remedy,
    anchor,
  };
}
