import { beforeAll, expect, it } from 'vitest';
import { topicsOf } from '#shared/access/bus-needs.ts';
import { type Principal, principals } from '#shared/access/index.ts';
import { consumerGroups } from '#shared/bus/groups.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { replayGroup } from '#shared/dlq/index.ts';
import type { SecuredKafka } from '#test/stack/secured-kafka.ts';
import { kafkaRules, type Operation, type Resource } from '../index.ts';
import { type Attempts, attemptsOf, groupAttempts, topicAttempts } from './attempts.ts';
import { install, type Setting } from './setting.ts';

const prefix = 'matrix.';
const configuration = {
  routes: { app: {}, nginx: {}, ipmi: {} },
  channels: { ops: { type: 'console' }, night: { type: 'console' } },
  operator: { channel: 'ops' },
  ipmi: { servers: [{ name: 'node1', host: '10.0.0.1', user: 'u', passwordEnv: 'P' }] },
  drill: { everyMinutes: 60 },
};

/** Whether the rules let an account do something, by Kafka's own reading of them: who may read or write may describe. */
function isAllowed(
  config: Config,
  principal: Principal,
  resource: Resource,
  name: string,
  operation: Operation,
): boolean {
  return kafkaRules(config).some(
    (rule) =>
      rule.principal === principal &&
      rule.resource === resource &&
      (rule.pattern === 'prefixed' ? name.startsWith(rule.name) : name === rule.name) &&
      (rule.operation === operation ||
        (operation === 'describe' && (rule.operation === 'read' || rule.operation === 'write'))),
  );
}

/** Every account tries everything; what the rules do not name must be refused, and what they name must be done. */
export function matrixSuite(kafka: () => SecuredKafka): void {
  let setting: Setting;
  const topics = (): string[] => [
    ...topicSpecs(setting.config).map(({ name }) => prefix + name),
    // of another installation on the same cluster
    'matrix2.logs.app',
    'matrix2.controls',
  ];
  const groups = (): string[] => [
    ...consumerGroups(setting.config).map(({ group }) => prefix + group),
    ...['housekeeping', 'somebody'].map((group) => prefix + group),
    ...topicSpecs(setting.config).map(({ name }) => prefix + replayGroup(name)),
    'matrix2.correlate',
  ];
  const transactionalIds = (): string[] => [
    ...consumerGroups(setting.config).map(({ group, input }) => `${prefix}${group}-${input}-0`),
    `${prefix}housekeeping-housekeeping-0`,
    ...topicSpecs(setting.config).map(({ name }) => `${prefix}${replayGroup(name)}-dlq.${name}-0`),
    ...[
      'tail-host',
      'ipmi-local-host',
      'actions-1',
      'controls-1',
      'preferences-1',
      'queue-replay',
      'drill-1',
      'ipmi-1',
    ].map((id) => `${prefix}writer-${id}`),
    `${prefix}somebody`,
    'matrix2.correlate-signals-0',
  ];

  beforeAll(async () => {
    setting = await install(kafka(), prefix, configuration);
    await install(kafka(), 'matrix2.', configuration);
  }, 120_000);

  it.each(principals)(
    '%s may do what its rules say, and nothing else',
    { timeout: 180_000 },
    async (principal) => {
      const attempts = await as(principal);
      try {
        const wrong: string[] = [];
        const note = (what: string, refusal: string | undefined, allowed: boolean, word: string): void => {
          const isRefused = refusal === word;
          if (allowed ? isRefused : !isRefused)
            wrong.push(
              `${what}: ${refusal ?? 'done'}, and ${allowed ? 'must be possible' : `must be ${word}`}`,
            );
        };
        for (const topic of topics())
          for (const attempt of topicAttempts) {
            const refusal = await attempts.topic[attempt](topic);
            const allowed =
              (attempt === 'read' || attempt === 'write' || attempt === 'describe-configs') &&
              isAllowed(setting.config, principal, 'topic', topic, attempt);
            note(`${attempt} ${topic}`, refusal, allowed, 'TOPIC_AUTHORIZATION_FAILED');
          }
        for (const group of groups())
          for (const attempt of groupAttempts) {
            const operation = attempt === 'commit' ? 'read' : attempt === 'describe' ? 'describe' : undefined;
            // Filebeat reads no topic, so that what it may commit offsets of could not be told from what it may not.
            if (attempt === 'commit' && principal === 'filebeat') continue;
            const allowed =
              operation !== undefined && isAllowed(setting.config, principal, 'group', group, operation);
            note(
              `${attempt} ${group}`,
              await attempts.group[attempt](group),
              allowed,
              'GROUP_AUTHORIZATION_FAILED',
            );
          }
        for (const id of transactionalIds())
          note(
            `produce as ${id}`,
            await attempts.produceAs(id),
            isAllowed(setting.config, principal, 'transactional-id', id, 'write'),
            'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
          );
        for (const [what, attempt] of Object.entries(attempts.cluster)) {
          const refusal = await attempt();
          // Kafka lets every account that may write to some topic do this, since 3.0 (KIP-679).
          const allowed = what.startsWith('write without') && mayWrite(principal);
          if (allowed ? refusal !== undefined : !/_AUTHORIZATION_FAILED$/.test(refusal ?? ''))
            wrong.push(`${what}: ${refusal ?? 'done'}`);
        }
        expect(wrong).toEqual([]);
      } finally {
        await attempts.close();
      }
    },
  );

  it.each(principals)('%s is shown no topic but its own', async (principal) => {
    const attempts = await as(principal);
    try {
      const own = topics().filter((topic) =>
        isAllowed(setting.config, principal, 'topic', topic, 'describe'),
      );
      expect(await attempts.visible()).toEqual(own.sort());
      expect(own.map((topic) => topic.slice(prefix.length)).sort()).toEqual(
        expect.arrayContaining(topicsOf(principal, setting.config)),
      );
    } finally {
      await attempts.close();
    }
  });

  const mayWrite = (principal: Principal): boolean =>
    kafkaRules(setting.config).some(
      (rule) => rule.principal === principal && rule.resource === 'topic' && rule.operation === 'write',
    );

  function as(principal: Principal): Promise<Attempts> {
    const readable = topics().find((topic) => isAllowed(setting.config, principal, 'topic', topic, 'read'));
    return attemptsOf(setting.clientAs(principal), {
      readable: readable ?? topics()[0] ?? '',
      unknown: `${prefix}logs.unheard-of`,
    });
  }
}
