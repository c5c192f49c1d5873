import { sep } from 'node:path';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Config } from '#shared/config/index.ts';
import { mistakeText } from '#shared/config/mistake.ts';
import { watchPaths } from '#shared/disk/watch-paths.ts';
import { pathsOf, stateOfFiles } from './files.ts';
import { Library } from './library.ts';
import { type RunbookReview, reviewRunbooks } from './load.ts';
import { runbookMetrics } from './metrics.ts';
import type { Embedder, Runbook, Runbooks } from './port.ts';
import { SectionVectors } from './section-vectors.ts';
import { VectorCache } from './vector-cache.ts';

export interface RunbooksOptions {
  readonly config: Pick<Config, 'runbooks' | 'dataDir'>;
  readonly logger: Logger;
  /** Finds by meaning too; without it words decide alone. */
  readonly embedder?: Embedder | undefined;
  readonly metrics?: Registry | undefined;
  /** How long a search waits for the vector of its query; then words decide alone. Default: 1 s. */
  readonly queryMs?: number;
  /** How long is waited at the start for the vectors of the sections. Default: not at all; they are made meanwhile. */
  readonly vectorsMs?: number;
  /** Between two looks at the files where the system does not tell of changes. Default: 10 s. */
  readonly pollMs?: number;
}

/** An editor writes a file in several steps, and `git pull` many files. */
const settleMs = 300;

/**
 * The shipped runbooks and those of the configuration, read again when they change. One that is wrong is left out, or stays as it
 * was before, and the log says why; nothing of it keeps a service from starting.
 */
export async function openRunbooks(options: RunbooksOptions): Promise<Runbooks> {
  const { config, logger, embedder, queryMs = 1000, vectorsMs = 0, pollMs = 10_000 } = options;
  const selection = config.runbooks;
  const metrics = options.metrics === undefined ? undefined : runbookMetrics(options.metrics);
  let told = new Set<string>();
  let state = await stateOfFiles(selection);
  let library = await Library.of(accept(await reviewRunbooks(selection), []));
  const vectors =
    embedder &&
    new SectionVectors({
      embedder,
      cache: new VectorCache(config.dataDir, embedder.id),
      logger,
      queryMs,
      onChange: (count) => metrics?.embedded(count),
    });
  if (vectors === undefined)
    logger.info('runbooks: found by their words alone; with ollama.embeddingModel by their meaning too');
  say('runbooks: read');
  if (vectorsMs > 0) await vectors?.complete(vectorsMs);

  const look = async (): Promise<void> => {
    try {
      const seen = await stateOfFiles(selection);
      if (seen === state) return;
      state = seen;
      library = await Library.of(accept(await reviewRunbooks(selection), library.runbooks));
      say('runbooks: read again');
    } catch (error) {
      logger.error({ err: error }, 'runbooks: those of before stay in force');
    }
  };
  const watch = watchPaths(pathsOf(selection), look, { pollMs, settleMs });
  return {
    all: () => library.runbooks,
    find: (query) => {
      const started = performance.now();
      const hits = library.find(query);
      metrics?.searched('words', performance.now() - started);
      return hits;
    },
    search: async (query, signal) => {
      const started = performance.now();
      const asked = library;
      const near = (await vectors?.nearest(asked.entries, query.text, signal)) ?? [];
      const hits = asked.find(query, near);
      metrics?.searched(near.length > 0 ? 'both' : 'words', performance.now() - started);
      return hits;
    },
    close: async () => {
      await watch.close();
      await vectors?.close();
    },
  };

  /** What is in force after a reading: what is sound, and what was before where it is sound no more. */
  function accept(review: RunbookReview, before: readonly Runbook[]): readonly Runbook[] {
    const kept = before.filter(({ path }) =>
      review.broken.some((broken) => path === broken || path.startsWith(broken + sep)),
    );
    const mistakes = review.mistakes.map(mistakeText);
    for (const mistake of mistakes) if (!told.has(mistake)) logger.warn(`runbooks: ${mistake}`);
    for (const { path } of kept)
      if (mistakes.some((each) => !told.has(each)))
        logger.warn({ path }, 'runbooks: that of before stays in force');
    told = new Set(mistakes);
    const all = new Map([...review.runbooks, ...kept].map((runbook) => [runbook.name, runbook]));
    return [...all.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  function say(message: string): void {
    vectors?.want(library.entries);
    metrics?.held(library);
    logger.info({ runbooks: library.runbooks.length, sections: library.entries.length }, message);
  }
}
