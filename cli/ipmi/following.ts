import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { Inspect } from '#services/ipmi/inspect.ts';
import type { Bmc } from '#services/ipmi/inspection.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { SelEvent, SelPosition } from '#shared/model/index.ts';
import { type Asked, askBmc } from './asking.ts';
import type { Keeper, Seen } from './keeper.ts';
import { reportOf } from './report-of.ts';
import type { ServerReport } from './server-report.ts';
import { openStored, type Trends } from './stored.ts';
import type { Targets } from './targets.ts';

/** A server as it was seen last. */
export interface Followed {
  readonly report: ServerReport;
  readonly trends: Trends;
}

export interface FollowOptions {
  readonly config: Config;
  readonly targets: Targets;
  readonly keeper: Keeper;
  readonly inspect: Inspect;
  /** Seconds; of each server as it is configured where absent. */
  readonly interval: number | undefined;
  /** For ever where absent. */
  readonly rounds: number | undefined;
  /** Newest events of each. */
  readonly events: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly warn: (why: string) => void;
  readonly onSeen: (followed: Followed) => void | Promise<void>;
}

/** What was seen is kept so often, all of it at once. */
const keepEveryMs = 2000;
/** The history of sensors is asked for anew so often. */
const trendsEveryMs = 60_000;

/**
 * Asks every server at its own pace until the signal, or so many rounds: one that hangs holds up none of the others. What is seen is
 * kept at the side.
 *
 * @throws LogpatrolError `unusable-environment` where no BMC can be asked here, such as without the program that does it
 */
export async function follow(options: FollowOptions): Promise<void> {
  const { config, targets, keeper, signal } = options;
  const unkept: Seen[] = [];
  const keep = (): Promise<void> => keeper.keep(unkept.splice(0));
  const ended = new AbortController();
  const keeping = (async () => {
    while (!ended.signal.aborted) {
      await delay(keepEveryMs, undefined, { signal: ended.signal }).catch(() => undefined); // ended: the loop sees it
      await keep();
    }
  })();
  const atOnce = pLimit(config.ipmi.concurrency);
  const asking = new AbortController();
  const either = AbortSignal.any([signal, asking.signal]);
  try {
    await Promise.all(
      targets
        .current()
        .map(({ name }) => new Follower(name, options, atOnce, either, (seen) => unkept.push(seen)).run()),
    );
  } finally {
    asking.abort();
    ended.abort();
    await keeping;
  }
}

/** One server over many rounds. */
class Follower {
  readonly #name: string;
  readonly #options: FollowOptions;
  readonly #atOnce: <T>(work: () => Promise<T>) => Promise<T>;
  readonly #signal: AbortSignal;
  readonly #onSeen: (seen: Seen) => void;
  #position: SelPosition | undefined;
  #failures = 0;
  #events: readonly SelEvent[] | undefined;
  #trends: Trends = new Map();
  #trendsAt = Number.NEGATIVE_INFINITY;

  constructor(
    name: string,
    options: FollowOptions,
    atOnce: <T>(work: () => Promise<T>) => Promise<T>,
    signal: AbortSignal,
    onSeen: (seen: Seen) => void,
  ) {
    this.#name = name;
    this.#options = options;
    this.#atOnce = atOnce;
    this.#signal = signal;
    this.#onSeen = onSeen;
    this.#position = options.keeper.position(name);
  }

  async run(): Promise<void> {
    const { targets, rounds, interval } = this.#options;
    for (let round = 1; !this.#signal.aborted; round += 1) {
      const began = performance.now();
      const bmc = targets.current().find(({ name }) => name === this.#name);
      // Taken off the list meanwhile.
      if (bmc === undefined) return;
      try {
        await this.#round(bmc);
        if (round === rounds) return;
        const leftMs = (interval ?? bmc.intervalSeconds) * 1000 - (performance.now() - began);
        await delay(Math.max(0, leftMs), undefined, { signal: this.#signal });
      } catch (error) {
        if (!this.#signal.aborted) throw error;
      }
    }
  }

  async #round(bmc: Bmc): Promise<void> {
    const { inspect, config, targets, keeper, events } = this.#options;
    const asked = await this.#atOnce(() =>
      askBmc(bmc, {
        inspect,
        limits: config.ipmi.limits,
        retries: () => 0,
        failuresBefore: this.#failures,
        log:
          keeper.isKeeping || this.#position !== undefined
            ? { position: this.#position }
            : { lastRecords: events },
        signal: this.#signal,
      }),
    );
    if (asked.kind === 'unable') throw new LogpatrolError('unusable-environment', asked.reason);
    this.#failures = asked.status.failures;
    this.#position = asked.inspection.position ?? this.#position;
    const { inspection, metrics } = asked;
    this.#onSeen({ inspection, metrics, isListed: targets.isListed(this.#name) });
    await this.#options.onSeen(await this.#followed(asked));
  }

  async #followed(asked: Extract<Asked, { kind: 'asked' }>): Promise<Followed> {
    const { config, logger, events } = this.#options;
    const now = performance.now();
    if (now - this.#trendsAt >= trendsEveryMs && asked.status.outcome === 'ok') {
      this.#trendsAt = now;
      const stored = await openStored(config, logger);
      try {
        this.#trends = await stored.trends(asked.readings, Date.now());
        this.#events ??= await stored.events(asked.status.host, events);
      } finally {
        await stored.close();
      }
    }
    const report = reportOf(asked, this.#events ?? [], events);
    this.#events = report.events;
    return { report, trends: this.#trends };
  }
}
