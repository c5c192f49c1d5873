import { messageOf } from '#shared/errors/index.ts';
import type { DependencyHealth } from '../port.ts';
import type { AdminConnection } from './admin.ts';
import type { CreateClient } from './client.ts';
import { remedyOf } from './failure.ts';
import { createCluster, lowestVersion } from './internals.ts';

/** Longer than it takes to connect to a broker that is there, and shorter than a probe waits. */
const answerMs = 5000;

/** Asks the cluster who it is. Never rejects. */
export async function kafkaHealth(
  admin: AdminConnection,
  brokers: string,
  replicationFactor: number,
): Promise<DependencyHealth> {
  const name = 'kafka';
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${answerMs / 1000} s`)), answerMs);
  try {
    const cluster = await Promise.race([admin.use((client) => client.describeCluster()), overdue]);
    const count = cluster.brokers.length;
    const nodes = cluster.brokers.map(({ host, port }) => `${host}:${port}`).join(', ');
    const detail = `cluster ${cluster.clusterId} at ${nodes} (${count} broker${count === 1 ? '' : 's'})`;
    if (count >= replicationFactor) return { name, ok: true, detail };
    return {
      name,
      ok: false,
      detail: `${detail}, fewer than the replication factor ${replicationFactor}`,
      remedy: 'start the missing brokers, or lower kafka.replicationFactor',
    };
  } catch (error) {
    return {
      name,
      ok: false,
      detail: `no answer from ${brokers}: ${messageOf(error)}`,
      remedy: remedyOf(error),
    };
  } finally {
    clearTimeout(timer);
  }
}

/** Fetch, by https://kafka.apache.org/protocol.html#protocol_api_keys */
const fetchKey = 1;

/**
 * The version, as far as the protocol tells: brokers do not say it, but 4.0 has dropped the fetches of old clients (KIP-896).
 *
 * @throws what kafkajs throws
 */
export async function kafkaVersion(createClient: CreateClient): Promise<string | undefined> {
  const cluster = createCluster(createClient());
  try {
    await cluster.connect();
    const lowest = lowestVersion(cluster, fetchKey);
    if (lowest === undefined) return undefined;
    return lowest >= 4 ? '4.0 or newer' : 'older than 4.0';
  } finally {
    cluster.disconnect().catch(() => {}); // it has told what it should
  }
}
