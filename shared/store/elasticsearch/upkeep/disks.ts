import { z } from 'zod';
import type { Connection } from '../connection.ts';

/** How full a node's disk is. */
export interface NodeDisk {
  readonly node: string;
  readonly percentUsed: number;
}

const Stats = z.object({
  nodes: z.record(
    z.string(),
    z.looseObject({
      name: z.string(),
      fs: z.object({
        total: z.object({ total_in_bytes: z.number(), available_in_bytes: z.number() }),
      }),
    }),
  ),
});

/** The disks of all nodes that answer, the fullest first. */
export async function disksOf(connection: Connection, signal?: AbortSignal): Promise<NodeDisk[]> {
  const answer = await connection.call({
    method: 'GET',
    path: '/_nodes/stats/fs',
    query: { filter_path: 'nodes.*.name,nodes.*.fs.total' },
    ...(signal && { signal }),
  });
  return Object.values(Stats.parse(answer).nodes)
    .map(({ name, fs: { total } }) => ({
      node: name,
      percentUsed: 100 * (1 - total.available_in_bytes / Math.max(1, total.total_in_bytes)),
    }))
    .sort((a, b) => b.percentUsed - a.percentUsed);
}
