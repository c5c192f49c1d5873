import { createRequire } from 'node:module';
import type { Kafka } from 'kafkajs';

/**
 * What the adapter needs of kafkajs beyond its public face: the cluster, which can fetch one partition from one offset.
 *
 * Why. kafkajs' consumer joins a group for whatever it reads, waits for all partitions of a broker before it fetches any of
 * them again, hides the last stable offset and empty answers (so "caught up" can only be guessed), resets silently what is
 * out of range by committing over the group's offset, and filters aborted transactions wrongly (it takes the broker's
 * list, which is in the order of the aborts, for one in the order of first offsets). None of that can be mended from
 * outside. So its consumer keeps the membership of the group (membership.ts), and the records are fetched here.
 *
 * kafkajs is not developed any more and pinned exactly; another version is refused at the start.
 */
const supportedVersion = '2.2.4';

/** A record as kafkajs decodes it, where 64-bit numbers are decimal strings, or as `fetch-response.ts` does. */
export interface FetchedMessage {
  readonly offset: string | number;
  readonly timestamp: string | number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | (Buffer | null)[] | null>>;
  /** A commit or abort marker of a transaction. */
  readonly isControlRecord?: boolean;
  /** What the records of one batch have in common; the same object for all of them. */
  readonly batchContext?: {
    readonly firstOffset: string;
    readonly lastOffsetDelta: number;
    readonly producerId: string;
    readonly inTransaction: boolean;
  };
}

export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

export interface FetchedPartition {
  readonly partition: number;
  /** Everything below it is decided: committed or aborted. */
  readonly lastStableOffset: string;
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
  readonly messages: readonly FetchedMessage[];
}

interface FetchRequest {
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: number;
  readonly topics: {
    topic: string;
    partitions: { partition: number; fetchOffset: string; maxBytes: number }[];
  }[];
}

export interface Broker {
  fetch(request: FetchRequest): Promise<{ responses: { partitions: FetchedPartition[] }[] }>;
}

export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[];
  findBroker(where: { nodeId: number }): Promise<Broker>;
  /** Connected, and logged in. Where there is no controller to be seen (KRaft), a broker that forwards to it. */
  findControllerBroker(): Promise<unknown>;
  fetchTopicsOffset(
    topics: { topic: string; partitions: { partition: number }[]; fromBeginning: boolean }[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
}

/** Reads only what is committed. */
export const readCommitted = 1;
const readUncommitted = 0;

const clusterMethods = [
  'connect',
  'disconnect',
  'addTargetTopic',
  'refreshMetadata',
  'refreshMetadataIfNecessary',
  'findTopicPartitionMetadata',
  'findBroker',
  'findControllerBroker',
  'fetchTopicsOffset',
];

function isCluster(value: unknown): value is Cluster {
  return (
    typeof value === 'object' &&
    value !== null &&
    clusterMethods.every((method) => typeof Reflect.get(value, method) === 'function')
  );
}

/**
 * A connection pool of the client's, not connected yet, that creates no topic. Each fetch says what it reads; ends of
 * partitions are high watermarks, which lie behind what is still open.
 *
 * @throws Error where kafkajs is not built as this file expects
 */
export function createCluster(kafka: Kafka): Cluster {
  const key = Object.getOwnPropertySymbols(kafka).find(
    (symbol) => symbol.description === 'private:Kafka:createCluster',
  );
  const create: unknown = key && Reflect.get(kafka, key);
  const cluster: unknown =
    typeof create === 'function' &&
    Reflect.apply(create, kafka, [
      { allowAutoTopicCreation: false, metadataMaxAge: 60_000, isolationLevel: readUncommitted },
    ]);
  if (!isCluster(cluster)) throw new Error('kafkajs is not built as shared/bus/kafka/internals.ts expects');
  return cluster;
}

/** A request that kafkajs does not know; `body` is all that follows the client's name. */
export interface RawRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  /** For logs. */
  readonly apiName: string;
  readonly body: Buffer;
}

/**
 * Sends a request over a broker's connection, and gives all of the answer that follows its correlation id.
 *
 * @throws what kafkajs throws; Error where it is not built as this file expects
 */
export async function send(broker: unknown, { body, ...head }: RawRequest): Promise<Buffer> {
  const pool: unknown =
    typeof broker === 'object' && broker !== null && Reflect.get(broker, 'connectionPool');
  const sendRequest: unknown = typeof pool === 'object' && pool !== null && Reflect.get(pool, 'send');
  if (typeof sendRequest !== 'function')
    throw new Error('kafkajs is not built as shared/bus/kafka/internals.ts expects');
  const answer: unknown = await Reflect.apply(sendRequest, pool, [
    {
      // what kafkajs copies of an encoder
      request: { ...head, encode: async () => ({ buf: body, buffer: body, size: () => body.length }) },
      response: {
        decode: async (raw: unknown) => ({ raw }),
        parse: async ({ raw }: { raw: unknown }) => raw,
      },
    },
  ]);
  if (!Buffer.isBuffer(answer))
    throw new Error('kafkajs is not built as shared/bus/kafka/internals.ts expects');
  return answer;
}

/** The lowest version of an API that the brokers of a connected cluster take; undefined where they have none of it. */
export function lowestVersion(cluster: Cluster, apiKey: number): number | undefined {
  let found: unknown = cluster;
  for (const key of ['brokerPool', 'versions', String(apiKey), 'minVersion'])
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  return typeof found === 'number' ? found : undefined;
}

/** Refuses a kafkajs whose insides are not known. @throws Error */
export function checkInternals(kafka: Kafka): void {
  const manifest: unknown = createRequire(import.meta.url)('kafkajs/package.json');
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  if (version !== supportedVersion)
    throw new Error(`shared/bus/kafka needs kafkajs ${supportedVersion}, found ${String(version)}`);
  createCluster(kafka);
}
