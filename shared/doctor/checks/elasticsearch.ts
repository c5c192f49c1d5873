import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '#shared/config/index.ts';
import { openStore, openUpkeep } from '#shared/lifecycle/open.ts';
import { Examination, type NodeWrites } from '#shared/store/elasticsearch/examination.ts';
import { type Answer, answerOf, type Check } from '../check.ts';

const isConfigured = ({ elasticsearch }: Config): boolean => elasticsearch !== undefined;

async function examine<T>({ elasticsearch }: Config, look: (at: Examination) => Promise<T>): Promise<T> {
  if (elasticsearch === undefined) throw new Error('asked of an installation without Elasticsearch');
  const examination = new Examination(elasticsearch);
  try {
    return await look(examination);
  } finally {
    await examination.close();
  }
}

/** Whether every shard is where it should be. */
export const clusterCheck: Check = {
  name: 'elasticsearch-health',
  part: 'store',
  anchors: ['elasticsearch-health'],
  applies: isConfigured,
  ask: ({ config }) =>
    examine(config, async (at): Promise<Answer[]> => {
      const { status, nodes, unassigned, why } = await at.cluster();
      const name = 'cluster';
      const detail = `${status}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}, ${unassigned} shards without a place${why === undefined ? '' : ` (${why})`}`;
      if (status === 'green') return [{ name, status: 'ok', detail }];
      return [
        {
          ...{ name, detail, anchor: 'elasticsearch-health', status: status === 'red' ? 'bad' : 'warning' },
          remedy:
            status === 'red'
              ? 'start the node that is missing, or restore what it had from the snapshot: some lines cannot be read or written'
              : nodes === 1
                ? 'one node bears no copies: set elasticsearch.replicas to 0 and run `logpatrol setup`'
                : 'start the node that is missing; until then there is one copy less of some shards',
        },
      ];
    }),
};

/** Of the queue of writes, 10,000 by default. */
const queueLimit = 5_000;
const betweenMs = 2_000;
/** A document takes well below a millisecond on a healthy node. */
const slowMs = 20;

/** Whether Elasticsearch bears what is written: refusals, queues, slow writes; and whether it lets anybody write at all. */
export const writesCheck: Check = {
  name: 'elasticsearch-writes',
  part: 'store',
  anchors: ['elasticsearch-write', 'elasticsearch-disk'],
  applies: isConfigured,
  ask: ({ config }) =>
    examine(config, async (at): Promise<Answer[]> => {
      const [before, blocked] = await Promise.all([at.writes(), at.blocked()]);
      await delay(betweenMs);
      const now = await at.writes();
      const nodes = now.map((node) =>
        nodeAnswer(
          node,
          before.find((each) => each.node === node.node),
        ),
      );
      if (blocked.length === 0) return nodes;
      const named = blocked.slice(0, 3).map(({ index, block }) => `${index} (${block})`);
      const more = blocked.length > named.length ? ` and ${blocked.length - named.length} more` : '';
      return [
        ...nodes,
        {
          ...{ name: 'read-only indices', status: 'bad', anchor: 'elasticsearch-disk' },
          detail: `nobody can write to ${named.join(', ')}${more}`,
          remedy:
            'make room on the disks: Elasticsearch takes the block back below 90 %; else `PUT INDEX/_settings {"index.blocks.read_only_allow_delete": null}`',
        },
      ];
    }),
};

function nodeAnswer(now: NodeWrites, before: NodeWrites = now): Answer {
  const name = `writes of ${now.node}`;
  const refused = now.rejected - before.rejected;
  const indexed = now.indexed - before.indexed;
  const each = indexed === 0 ? 0 : (now.indexingMs - before.indexingMs) / indexed;
  const isThrottled = now.throttledMs > before.throttledMs;
  const detail = `${refused} refused in 2 s, ${now.rejected} since its start; ${now.queue} wait${indexed > 0 ? `; ${each.toFixed(2)} ms a document` : ''}${isThrottled ? '; merges hold writes up' : ''}`;
  const isBad = refused > 0 || now.queue > queueLimit;
  if (!isBad && each <= slowMs && !isThrottled) return { name, status: 'ok', detail };
  return {
    ...{ name, detail, anchor: 'elasticsearch-write', status: isBad ? 'bad' : 'warning' },
    remedy:
      'it takes less than is written: faster disks or more nodes, fewer shards, or a longer refresh_interval; the indexer waits and loses nothing',
  };
}

/** Whether the disks of the nodes have room. */
export const disksCheck: Check = {
  name: 'elasticsearch-disk',
  part: 'store',
  anchors: ['elasticsearch-disk'],
  applies: isConfigured,
  ask: ({ config, clock }) => ofUpkeep(config, clock(), 'disk of Elasticsearch', 'elasticsearch-disk'),
};

/** Whether indices roll over, age and go. */
export const lifecycleCheck: Check = {
  name: 'elasticsearch-ilm',
  part: 'store',
  anchors: ['elasticsearch-ilm'],
  applies: isConfigured,
  ask: ({ config, clock }) => ofUpkeep(config, clock(), 'lifecycle', 'elasticsearch-ilm'),
};

async function ofUpkeep(config: Config, now: number, name: string, anchor: string): Promise<Answer[]> {
  const upkeep = await openUpkeep(config);
  try {
    return (await upkeep.examine(now))
      .filter((health) => health.name === name)
      .map((health) => answerOf(health, anchor));
  } finally {
    await upkeep.close();
  }
}

/** Whether templates, pipelines and policies are those of this version. */
export const assetsCheck: Check = {
  name: 'elasticsearch-assets',
  part: 'store',
  anchors: ['elasticsearch-assets'],
  applies: isConfigured,
  async ask({ config, logger }) {
    const store = await openStore(config, { logger });
    try {
      const name = 'templates';
      const changes = (await store.setup({ dryRun: true })).filter(({ action }) => action !== 'none');
      if (changes.length === 0)
        return [
          { name, status: 'ok', detail: 'templates, pipelines and policies are those of this version' },
        ];
      const some = changes
        .slice(0, 3)
        .map(({ what, action }) => `${what} (${action === 'create' ? 'missing' : 'another'})`);
      const more = changes.length > some.length ? ` and ${changes.length - some.length} more` : '';
      const isMissing = changes.some(({ action }) => action === 'create');
      return [
        {
          ...{ name, status: isMissing ? 'bad' : 'warning', anchor: 'elasticsearch-assets' },
          detail: `not as this version has them: ${some.join(', ')}${more}`,
          remedy: 'run `logpatrol setup`; `logpatrol setup --dry-run` shows the difference',
        },
      ];
    } finally {
      await store.close();
    }
  },
};
