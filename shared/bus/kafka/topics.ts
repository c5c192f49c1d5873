import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { deadLetterTopic } from '../dead-letter.ts';
import type { Change, TopicSpec } from '../port.ts';
import { whileSettling } from './settling.ts';

const topicResource = kafkajs.ConfigResourceTypes.TOPIC;

const minute = 60_000;
const day = 24 * 60 * minute;
const mebibyte = 1024 * 1024;

/** A record's batch has a head, and the record its key, headers and lengths; `maxRecordBytes` is of values. */
const envelopeBytes = 16 * 1024;

/** A dead letter has the headers that say why, besides those that its record had. */
const deadLetterBytes = 32 * 1024;

/** How long brokers may take to learn what the controller has accepted. What is not in force then, `verify` tells. */
const inForceMs = 10_000;
const retryMs = 50;

interface Existing {
  readonly partitions: number;
  /** Every setting as it is in force. */
  readonly settings: ReadonlyMap<string, string>;
  /** Those that were set on the topic itself. */
  readonly own: ReadonlyMap<string, string>;
}

/** The settings of a topic, by Kafka's names. */
export function settingsOf(spec: TopicSpec, replicationFactor: number): Map<string, string> {
  const isDead = spec.name.startsWith(deadLetterTopic(''));
  const settings = new Map([
    ['cleanup.policy', spec.cleanup],
    ['max.message.bytes', String(spec.maxRecordBytes + envelopeBytes + (isDead ? deadLetterBytes : 0))],
    ['min.insync.replicas', replicationFactor >= 3 ? '2' : '1'],
  ]);
  if (spec.retentionMs !== undefined) settings.set('retention.ms', String(Math.round(spec.retentionMs)));
  if (spec.retentionBytes !== undefined) settings.set('retention.bytes', String(spec.retentionBytes));
  if (spec.cleanup !== 'delete') {
    // compaction never touches the newest segment, so that must not live long, and a reader must not miss a tombstone
    // because it was away: it stays longer than any outage that we mean to survive
    settings.set('segment.ms', String(10 * minute));
    settings.set('segment.bytes', String(16 * mebibyte));
    settings.set('delete.retention.ms', String(7 * day));
  }
  return settings;
}

/** Creates what is missing, raises partition counts and sets what is set otherwise. @throws what kafkajs throws */
export async function setUpTopics(
  admin: Admin,
  specs: readonly TopicSpec[],
  { prefix, replicationFactor, dryRun }: { prefix: string; replicationFactor: number; dryRun: boolean },
): Promise<Change[]> {
  const existing = await describeTopics(
    admin,
    specs.map(({ name }) => prefix + name),
  );
  const changes: Change[] = [];
  const missing = specs.filter(({ name }) => !existing.has(prefix + name));
  if (missing.length > 0 && !dryRun) {
    await admin.createTopics({
      waitForLeaders: false, // kafkajs takes a topic that is not known everywhere yet for an error
      topics: missing.map((spec) => ({
        topic: prefix + spec.name,
        numPartitions: spec.partitions,
        replicationFactor,
        configEntries: [...settingsOf(spec, replicationFactor)].map(([name, value]) => ({ name, value })),
      })),
    });
  }
  for (const spec of specs) {
    const topic = prefix + spec.name;
    const what = `topic ${topic}`;
    const found = existing.get(topic);
    if (found === undefined) {
      changes.push({ what, action: 'create', detail: `${spec.partitions} partitions, ${spec.cleanup}` });
      continue;
    }
    const differences = differencesOf(spec, found, replicationFactor);
    if (differences.length === 0) {
      changes.push({ what, action: 'none' });
      continue;
    }
    if (!dryRun) await mend(admin, topic, spec, found, replicationFactor);
    changes.push({ what, action: 'update', detail: differences.join(', ') });
  }
  if (!dryRun && changes.some(({ action }) => action !== 'none')) {
    await untilInForce(admin, specs, { prefix, replicationFactor });
  }
  return changes;
}

/** One line for each topic that is missing or is not as specified. @throws what kafkajs throws */
export async function verifyTopics(
  admin: Admin,
  specs: readonly TopicSpec[],
  { prefix, replicationFactor }: { prefix: string; replicationFactor: number },
): Promise<string[]> {
  const existing = await describeTopics(
    admin,
    specs.map(({ name }) => prefix + name),
  );
  return specs.flatMap((spec) => {
    const topic = prefix + spec.name;
    const found = existing.get(topic);
    if (found === undefined) return [`Kafka topic ${topic} is missing: run logpatrol setup`];
    const differences = differencesOf(spec, found, replicationFactor);
    if (differences.length === 0) return [];
    return [`Kafka topic ${topic} is not as it must be (${differences.join(', ')}): run logpatrol setup`];
  });
}

/** More partitions than asked for are fine: their number can be raised, and never lowered. */
function differencesOf(spec: TopicSpec, found: Existing, replicationFactor: number): string[] {
  const differences: string[] = [];
  if (found.partitions < spec.partitions)
    differences.push(
      `partitions ${found.partitions} → ${spec.partitions}, which sends some keys elsewhere from now on`,
    );
  for (const [name, value] of settingsOf(spec, replicationFactor)) {
    const is = found.settings.get(name);
    if (!isSameSetting(is, value)) differences.push(`${name} ${is ?? 'unset'} → ${value}`);
  }
  return differences;
}

/** Kafka gives a list (`compact,delete`) in an order of its own. */
function isSameSetting(is: string | undefined, value: string): boolean {
  return is?.split(',').sort().join() === value.split(',').sort().join();
}

/** What was set on the topic by others stays, for kafkajs can only set all of a topic's settings at once. */
async function mend(
  admin: Admin,
  topic: string,
  spec: TopicSpec,
  found: Existing,
  replicationFactor: number,
): Promise<void> {
  if (found.partitions < spec.partitions)
    await admin.createPartitions({ topicPartitions: [{ topic, count: spec.partitions }] });
  const settings = new Map([...found.own, ...settingsOf(spec, replicationFactor)]);
  await admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: topicResource,
        name: topic,
        configEntries: [...settings].map(([name, value]) => ({ name, value })),
      },
    ],
  });
}

/** The controller's word is not yet each broker's: waits until they know it, so that what was set up can be used at once. */
async function untilInForce(
  admin: Admin,
  specs: readonly TopicSpec[],
  where: { prefix: string; replicationFactor: number },
): Promise<void> {
  const deadline = performance.now() + inForceMs;
  const look = () => whileSettling(() => verifyTopics(admin, specs, where), 'UNKNOWN_TOPIC_OR_PARTITION');
  while ((await look()).length > 0 && performance.now() < deadline) await delay(retryMs);
}

/** Set on the topic itself, of the sources that Kafka tells (DescribeConfigs). */
const topicSource = 1;

async function describeTopics(admin: Admin, names: readonly string[]): Promise<Map<string, Existing>> {
  const all = new Set(await admin.listTopics());
  const known = names.filter((name) => all.has(name));
  if (known.length === 0) return new Map();
  const { topics } = await admin.fetchTopicMetadata({ topics: known });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: known.map((name) => ({ type: topicResource, name })),
  });
  return new Map(
    topics.map(({ name, partitions }) => {
      const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
      const pair = ({ configName, configValue }: (typeof entries)[number]) =>
        [configName, configValue] as const;
      return [
        name,
        {
          partitions: partitions.length,
          settings: new Map(entries.map(pair)),
          own: new Map(entries.filter(({ configSource }) => configSource === topicSource).map(pair)),
        },
      ];
    }),
  );
}
