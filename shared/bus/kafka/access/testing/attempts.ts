import kafkajs from 'kafkajs';
import { z } from 'zod';
import type { CreateClient } from '../../client.ts';
import { protocolError } from '../../failure.ts';
import { createCluster } from '../../internals.ts';
import { scramUsers, setScramPasswords } from '../scram-users.ts';

export const topicAttempts = [
  'read',
  'write',
  'describe-configs',
  'alter-configs',
  'delete',
  'add-partitions',
] as const;
export type TopicAttempt = (typeof topicAttempts)[number];
export const groupAttempts = ['describe', 'commit', 'delete'] as const;
export type GroupAttempt = (typeof groupAttempts)[number];

/** Why an attempt was refused, by the protocol's name; undefined where it was not. */
export type Refusal = string | undefined;

/** Single requests as one account, which nothing in front of the broker keeps back. */
export interface Attempts {
  readonly topic: Readonly<Record<TopicAttempt, (topic: string) => Promise<Refusal>>>;
  readonly group: Readonly<Record<GroupAttempt, (group: string) => Promise<Refusal>>>;
  /** Becomes the producer of a transactional id. */
  readonly produceAs: (transactionalId: string) => Promise<Refusal>;
  /** What concerns the cluster as a whole, by what it is. */
  readonly cluster: Readonly<Record<string, () => Promise<Refusal>>>;
  /** The topics that it is shown. */
  readonly visible: () => Promise<string[]>;
  readonly close: () => Promise<void>;
}

/**
 * @param readable a topic that the account may read: it commits offsets of that
 * @param unknown a topic that is not there
 */
export async function attemptsOf(
  createClient: CreateClient,
  { readable, unknown }: { readable: string; unknown: string },
): Promise<Attempts> {
  const client = createClient();
  const cluster = createCluster(client);
  await cluster.connect();
  await cluster.refreshMetadata();
  const broker: unknown = await cluster.findControllerBroker();
  const admin = client.admin();
  await admin.connect();
  const call = async (method: string, argument: unknown): Promise<unknown> => {
    const found: unknown = typeof broker === 'object' && broker !== null && Reflect.get(broker, method);
    if (typeof found !== 'function') throw new Error(`kafkajs has no ${method}`);
    return Reflect.apply(found, broker, [argument]);
  };
  const ask = (method: string, argument: unknown): Promise<Refusal> =>
    refusalOf(() => call(method, argument));
  const ofTopic = (name: string) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name });
  return {
    topic: {
      read: (topic) =>
        ask('fetch', {
          ...{ maxWaitTime: 0, minBytes: 0, maxBytes: 1, isolationLevel: 1 },
          topics: [{ topic, partitions: [{ partition: 0, fetchOffset: '0', maxBytes: 1 }] }],
        }),
      write: (topic) =>
        ask('produce', {
          ...{ acks: -1, timeout: 5000 },
          topicData: [{ topic, partitions: [{ partition: 0, messages: [{ value: 'x', timestamp: 1 }] }] }],
        }),
      'describe-configs': (topic) =>
        ask('describeConfigs', { includeSynonyms: false, resources: [ofTopic(topic)] }),
      'alter-configs': (topic) =>
        ask('alterConfigs', {
          validateOnly: true,
          resources: [{ ...ofTopic(topic), configEntries: [{ name: 'retention.ms', value: '1' }] }],
        }),
      delete: (topic) => ask('deleteTopics', { topics: [topic], timeout: 5000 }),
      'add-partitions': (topic) =>
        ask('createPartitions', { topicPartitions: [{ topic, count: 200 }], validateOnly: true }),
    },
    group: {
      describe: (group) => ask('describeGroups', { groupIds: [group] }),
      commit: (group) =>
        ask('offsetCommit', {
          ...{ groupId: group, groupGenerationId: -1, memberId: '', retentionTime: -1 },
          topics: [{ topic: readable, partitions: [{ partition: 0, offset: '0', metadata: '' }] }],
        }),
      delete: (group) =>
        refusalOf(async () => {
          // the one answer whose errors kafkajs does not throw
          const { results } = DeletedGroups.parse(await call('deleteGroups', [group]));
          for (const { error } of results) if (error !== undefined) throw error;
        }),
    },
    produceAs: (transactionalId) => ask('initProducerId', { transactionalId, transactionTimeout: 1000 }),
    cluster: {
      'make a topic': () =>
        ask('createTopics', {
          topics: [{ topic: unknown, numPartitions: 1, replicationFactor: 1 }],
          validateOnly: true,
        }),
      'write without a transaction, each record once': () =>
        ask('initProducerId', { transactionalId: null, transactionTimeout: 1000 }),
      'look at rights': () => refusalOf(() => admin.describeAcls(everything)),
      'give rights': () =>
        refusalOf(() =>
          admin.createAcls({
            acl: [
              { ...everything, ...{ principal: 'User:*', host: '*', resourceName: unknown }, ...allowRead },
            ],
          }),
        ),
      'take rights away': () => refusalOf(() => admin.deleteAcls({ filters: [everything] })),
      'look at users': () => refusalOf(() => scramUsers(createClient)),
      'make a user': () => refusalOf(() => setScramPasswords(createClient, new Map([['intruder', 'x']]))),
      'look at a broker': () =>
        ask('describeConfigs', {
          includeSynonyms: false,
          resources: [{ type: kafkajs.ConfigResourceTypes.BROKER, name: '1' }],
        }),
    },
    visible: async () => (await admin.listTopics()).sort(),
    close: async () => {
      await Promise.all([admin.disconnect(), cluster.disconnect()]);
    },
  };
}

const DeletedGroups = z.object({ results: z.array(z.object({ error: z.unknown() })).length(1) });

const everything = {
  resourceType: kafkajs.AclResourceTypes.ANY,
  resourcePatternType: kafkajs.ResourcePatternTypes.ANY,
  operation: kafkajs.AclOperationTypes.ANY,
  permissionType: kafkajs.AclPermissionTypes.ANY,
};
const allowRead = {
  resourceType: kafkajs.AclResourceTypes.TOPIC,
  resourcePatternType: kafkajs.ResourcePatternTypes.LITERAL,
  operation: kafkajs.AclOperationTypes.READ,
  permissionType: kafkajs.AclPermissionTypes.ALLOW,
};

/** Anything else than a word of the protocol is a defect of the test. */
async function refusalOf(attempt: () => Promise<unknown>): Promise<Refusal> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    const type = protocolError(error);
    if (type === undefined) throw error;
    return type;
  }
}
