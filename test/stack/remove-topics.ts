import { Kafka, logLevel } from 'kafkajs';

/** Deletes the topics and groups that a test has made on the real Kafka: those whose names begin with its prefix. */
export async function removeTopics(broker: string, prefix: string): Promise<void> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((name) => name.startsWith(prefix));
  if (topics.length > 0) await admin.deleteTopics({ topics, timeout: 20_000 });
  const { groups } = await admin.listGroups();
  const own = groups.map(({ groupId }) => groupId).filter((group) => group.startsWith(prefix));
  // A group whose member was killed has its session yet; the broker forgets an empty one by itself.
  if (own.length > 0) await admin.deleteGroups(own).catch(() => undefined);
  await admin.disconnect();
}
