import { z } from 'zod';
import { Connection, type ElasticsearchConfig } from './connection.ts';

/** The cluster by its own word. */
export interface ClusterState {
  readonly status: 'green' | 'yellow' | 'red';
  readonly nodes: number;
  readonly unassigned: number;
  /** Why the first shard that is nowhere is there, where Elasticsearch says so. */
  readonly why: string | undefined;
}

/** How a node bears what is written. Counts are since it started. */
export interface NodeWrites {
  readonly node: string;
  /** By its own clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly queue: number;
  readonly rejected: number;
  /** Operations, and the time that they took in all, in milliseconds. */
  readonly indexed: number;
  readonly indexingMs: number;
  readonly throttledMs: number;
}

const Health = z.object({
  status: z.enum(['green', 'yellow', 'red']),
  number_of_nodes: z.number(),
  unassigned_shards: z.number(),
});
const Explanation = z.object({
  index: z.string(),
  allocate_explanation: z.string().optional(),
  unassigned_info: z.object({ reason: z.string() }).optional(),
});
const NodeStats = z.object({
  nodes: z.record(
    z.string(),
    z.object({
      name: z.string(),
      timestamp: z.number(),
      thread_pool: z.object({ write: z.object({ queue: z.number(), rejected: z.number() }) }),
      indexing_pressure: z
        .object({
          memory: z.object({
            total: z.object({
              coordinating_rejections: z.number().default(0),
              primary_rejections: z.number().default(0),
              replica_rejections: z.number().default(0),
            }),
          }),
        })
        .optional(),
      indices: z.object({
        indexing: z.object({
          index_total: z.number(),
          index_time_in_millis: z.number(),
          throttle_time_in_millis: z.number().default(0),
        }),
      }),
    }),
  ),
});
const Settings = z.record(z.string(), z.object({ settings: z.record(z.string(), z.unknown()) }));

const nodeStats = [
  'nodes.*.name',
  'nodes.*.timestamp',
  'nodes.*.thread_pool.write',
  'nodes.*.indexing_pressure.memory.total',
  'nodes.*.indices.indexing',
];

/** Looks at a cluster and at one installation's indices in it; changes nothing. Needs the right to monitor, which services lack. */
export class Examination {
  readonly #connection: Connection;
  readonly #namespace: string;

  constructor(config: ElasticsearchConfig) {
    this.#connection = new Connection(config);
    this.#namespace = config.namespace;
  }

  /** @throws LogpatrolError `unreachable`, also (`Forbidden`) where the right is missing */
  async cluster(): Promise<ClusterState> {
    const health = Health.parse(await this.#connection.call({ method: 'GET', path: '/_cluster/health' }));
    const { status, number_of_nodes: nodes, unassigned_shards: unassigned } = health;
    return { status, nodes, unassigned, why: unassigned === 0 ? undefined : await this.#whyUnassigned() };
  }

  /** @throws as `cluster` */
  async writes(): Promise<NodeWrites[]> {
    const answer = await this.#connection.call({
      method: 'GET',
      path: '/_nodes/stats/thread_pool,indexing_pressure,indices',
      query: { filter_path: nodeStats.join(',') },
    });
    return Object.values(NodeStats.parse(answer).nodes).map((node) => {
      const {
        coordinating_rejections = 0,
        primary_rejections = 0,
        replica_rejections = 0,
      } = node.indexing_pressure?.memory.total ?? {};
      const { index_total, index_time_in_millis, throttle_time_in_millis } = node.indices.indexing;
      return {
        node: node.name,
        at: node.timestamp,
        queue: node.thread_pool.write.queue,
        rejected:
          node.thread_pool.write.rejected + coordinating_rejections + primary_rejections + replica_rejections,
        indexed: index_total,
        indexingMs: index_time_in_millis,
        throttledMs: throttle_time_in_millis,
      };
    });
  }

  /** Indices of this installation into which nobody may write, and by which block. @throws as `cluster` */
  async blocked(): Promise<{ index: string; block: string }[]> {
    const patterns = ['logs-*', 'metrics-logpatrol.*', 'findings', 'deliveries', 'audit']
      .map((name) => `${name}-${this.#namespace}*`)
      .join(',');
    const answer = await this.#connection.call({
      method: 'GET',
      path: `/${patterns}/_settings/index.blocks.*`,
      query: { flat_settings: true, ignore_unavailable: true, allow_no_indices: true },
    });
    return Object.entries(Settings.parse(answer)).flatMap(([index, { settings }]) =>
      // A merged index is closed to writers on purpose (`index.blocks.write`).
      ['read_only_allow_delete', 'read_only']
        .filter((block) => String(settings[`index.blocks.${block}`]) === 'true')
        .map((block) => ({ index, block })),
    );
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #whyUnassigned(): Promise<string | undefined> {
    const found = await this.#connection.find('/_cluster/allocation/explain', {
      filter_path: 'index,allocate_explanation,unassigned_info.reason',
    });
    const read = Explanation.safeParse(found);
    if (!read.success) return undefined;
    const { index, allocate_explanation, unassigned_info } = read.data;
    return `${index}: ${allocate_explanation ?? unassigned_info?.reason ?? 'no reason given'}`;
  }
}
