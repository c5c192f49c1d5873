import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Bus } from '#shared/bus/port.ts';
import { type BatchBuilder, createBatch } from './batch.ts';
import { describeProblem, type TailEntry } from './discover.ts';
import { FollowedFiles } from './followed-files.ts';
import { type Follower, scratchBytes } from './follower.ts';
import { Ledger } from './ledger.ts';
import type { TailMetrics } from './metrics.ts';
import { createPublisher } from './publisher.ts';
import { createWatch } from './watch.ts';

/** How often everything is looked at anyway: where the system tells of changes, and where it does not. */
const watchedMs = { look: 10_000, read: 2000 };
const polledMs = { look: 1000, read: 1000 };
/** News of the listing are collected for so long before it is looked at. */
const settleMs = 50;
/** Files that wait for a decision, or could not be read, are looked at again after so long. */
const againMs = 1000;
/** How often positions of files that have gone are cleared away. */
const clearMs = 60_000;

/** A write that is under way at the stop has so long to end. */
const writeGraceMs = 3000;

export interface TailOptions {
  readonly bus: Bus;
  readonly host: string;
  readonly entries: readonly TailEntry[];
  readonly maxLineBytes: number;
  readonly logger: Logger;
  readonly metrics: TailMetrics;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** A running tail. */
export interface Tail {
  /** Settles when it has ended; rejects with what ended it where that was not `stop`. */
  readonly ended: Promise<void>;
  /** What keeps it from writing, if anything. */
  trouble(): string | undefined;
  /** Paths that it was asked for and cannot follow, with the reason. */
  problems(): ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

/**
 * Follows the files: one loop that looks, reads a batch from the files in turn, writes it with the files' positions, and waits
 * while there is nothing. One batch and one window are in memory at a time, however many files there are, and nothing is
 * read while a write is under way.
 */
export function startTail(options: TailOptions): Tail {
  const { bus, host, logger, metrics, clock } = options;
  const stopping = new AbortController();
  const publisher = createPublisher(bus, host, logger, stopping.signal);
  const changed = new Set<string>();
  let files: FollowedFiles | undefined;
  let lookAt = 0;
  let wake = () => {};
  const lookSoon = (delay: number) => {
    lookAt = Math.min(lookAt, clock() + delay);
    wake();
  };

  const run = async (): Promise<void> => {
    const ledger = new Ledger(host, await publisher.open());
    const watch = createWatch(
      (path) => {
        changed.add(path);
        wake();
      },
      () => lookSoon(settleMs),
      logger,
    );
    const reading = {
      host,
      maxLineBytes: options.maxLineBytes,
      scratch: Buffer.allocUnsafeSlow(scratchBytes(options.maxLineBytes)),
    };
    const followed = new FollowedFiles(options.entries, ledger, reading, logger, () => {
      metrics.truncations.inc();
      lookSoon(settleMs);
    });
    files = followed;
    const ready = new Set<Follower>();
    let readAllAt = 0;
    let clearAt = clock() + clearMs;
    try {
      while (!stopping.signal.aborted) {
        const now = clock();
        const pace = watch.works ? watchedMs : polledMs;
        if (now >= lookAt) {
          lookAt = now + pace.look;
          watch.setFolders(await followed.look(now));
          if (followed.isUnsettled) lookSoon(againMs);
        }
        if (now >= readAllAt) {
          readAllAt = now + pace.read;
          for (const follower of followed.followers.values()) ready.add(follower);
        }
        for (const follower of followed.followers.values())
          if ((follower.wakeAt ?? Number.POSITIVE_INFINITY) <= now || changed.has(follower.currentPath)) {
            ready.add(follower);
            // A name that has passed to another file is sometimes told as a change.
            if (changed.has(follower.currentPath) && !(await follower.isAtItsPath())) lookSoon(0);
          }
        changed.clear();

        const batch = createBatch();
        await fill(batch, ready, followed, now);
        if (now >= clearAt) {
          clearAt = now + clearMs;
          for (const source of ledger.expired(now).slice(0, 1000))
            batch.addTombstone(source, () => ledger.forget(source));
        }
        if (batch.records.length > 0) await publish(batch);
        measure(followed);
        if (ready.size === 0) await rest(followed, Math.min(lookAt, readAllAt));
      }
    } finally {
      await Promise.all([watch.close(), followed.close()]);
    }
  };

  /** Reads each ready file once, in turn, until the batch is full; who has more stays ready, behind the others. */
  const fill = async (
    batch: BatchBuilder,
    ready: Set<Follower>,
    followed: FollowedFiles,
    now: number,
  ): Promise<void> => {
    const unfinished: Follower[] = [];
    for (const follower of ready) {
      if (batch.isFull || stopping.signal.aborted) break;
      ready.delete(follower);
      if (!followed.followers.has(follower.key)) continue;
      try {
        if (await follower.read(batch, now)) unfinished.push(follower);
        follower.problem = undefined;
      } catch (error) {
        follower.problem = describeProblem(follower.currentPath, error);
        follower.wakeAt = now + againMs;
        lookSoon(againMs);
        await follower.close().catch(() => {}); // Of no use any more, whatever it says.
      }
    }
    for (const follower of unfinished) ready.add(follower);
  };

  const publish = async (batch: BatchBuilder): Promise<void> => {
    await publisher.publish(batch);
    batch.written();
    for (const [topic, count] of batch.lines) metrics.lines.inc({ topic }, count);
    metrics.bytes.inc(batch.covered);
  };

  const measure = (followed: FollowedFiles): void => {
    let lag = 0;
    for (const follower of followed.followers.values()) lag += Math.max(0, follower.size - follower.offset);
    metrics.files.set(followed.followers.size);
    metrics.lag.set(lag);
  };

  /** Until something changes, or a deadline comes. */
  const rest = async (followed: FollowedFiles, until: number): Promise<void> => {
    let deadline = until;
    for (const { wakeAt } of followed.followers.values()) deadline = Math.min(deadline, wakeAt ?? deadline);
    if (stopping.signal.aborted || changed.size > 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, deadline - clock()));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wake = () => {};
  };

  const ended = run()
    .catch((error: unknown) => {
      if (!stopping.signal.aborted) throw error;
    })
    .finally(() => publisher.close());
  ended.catch(() => {}); // Whoever holds `ended` is told; nobody may.
  return {
    ended,
    trouble: () => publisher.trouble,
    problems: () => files?.problems ?? new Map(),
    async stop() {
      stopping.abort();
      wake();
      const isOver = ended.catch(() => {}); // Told by `ended` itself.
      await Promise.race([isOver, delay(writeGraceMs, undefined, { ref: false })]);
      await publisher.close(); // Ends a write that waits for room on the bus; its lines are still in their files.
      await isOver;
    },
  };
}
