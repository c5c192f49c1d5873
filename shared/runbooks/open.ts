import { sep } from 'node:path';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Config } from '#shared/config/index.ts';
import { mistakeText } from '#shared/config/mistake.ts';
import { watchPaths } from '#shared/disk/watch-paths.ts';
import { pathsOf, stateOfFiles } from './files.ts';
import { Library } from './library.ts';
import { type RunbookReview, reviewRunbooks } from './load.ts';
import { type RunbookMetrics, runbookMetrics } from './metrics.ts';
import type { Embedder, Runbook, RunbookHit, Runbooks } from './port.ts';

export interface RunbooksOptions {
  readonly config: Pick<Config, 'runbooks' | 'dataDir'>;
  readonly logger: Logger;
  /** Finds by meaning too; without it words decide alone. */
  readonly embedder?: Embedder | undefined;
  readonly metrics?: Registry | undefined;
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
  const { config, logger, pollMs = 10_000 } = options;
  const selection = config.runbooks;
  const metrics = options.metrics === undefined ? undefined : runbookMetrics(options.metrics);
  let told = new Set<string>();
  let state = await stateOfFiles(selection);
  let library = await Library.of(accept(await reviewRunbooks(selection), []));
  say('runbooks: read');

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
    find: (query) => timed(metrics, 'words', () => library.find(query)),
    search: async (query) => timed(metrics, 'words', () => library.find(query)),
    close: () => watch.close(),
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
    metrics?.held(library);
    logger.info({ runbooks: library.runbooks.length, sections: library.entries.length }, message);
  }
}

function timed(
  metrics: RunbookMetrics | undefined,
  by: 'words' | 'both',
  work: () => RunbookHit[],
): RunbookHit[] {
  const started = performance.now();
  const hits = work();
  metrics?.searched(by, performance.now() - started);
  return hits;
}
