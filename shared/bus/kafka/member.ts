import type { LogpatrolError } from '#shared/errors/index.ts';
import { PartitionRunner } from '../partition-runner.ts';
import type { BusObserver, Member, StageDefinition } from '../port.ts';
import type { AdminConnection } from './admin.ts';
import type { CreateClient } from './client.ts';
import type { ByteBudget } from './feed.ts';
import { OffsetOutOfRange } from './fetcher.ts';
import { Membership } from './membership.ts';
import { KafkaPartition } from './partition.ts';

export interface StageMemberOptions<Outcome> {
  readonly stage: StageDefinition<Outcome>;
  readonly createClient: CreateClient;
  readonly admin: AdminConnection;
  readonly budget: ByteBudget;
  readonly prefix: string;
  readonly sessionTimeoutMs: number;
  readonly clock: () => number;
  readonly observer: BusObserver;
  readonly explain: (thrown: unknown, doing: string) => LogpatrolError;
}

/** What a stop gives to the work in flight; the group is left after it, and a process has 10 s in all. */
const graceMs = 4000;

interface Owned<Outcome> {
  readonly runner: PartitionRunner<Outcome>;
  readonly port: KafkaPartition;
}

/**
 * A member of a stage's group: one runner for each partition that the coordinator has given to it.
 *
 * A partition that stays ours over a rebalance goes on undisturbed. That is safe whatever happened in between: another
 * owner would have fenced our producer before he did anything, so our next transaction would fail, and with it the task's
 * state be thrown away.
 */
export class StageMember<Outcome> implements Member {
  readonly ended: Promise<void>;
  readonly #options: StageMemberOptions<Outcome>;
  readonly #membership: Membership;
  readonly #owned = new Map<number, Owned<Outcome>>();
  readonly #end = Promise.withResolvers<void>();
  #stopping: Promise<void> | undefined;

  constructor(options: StageMemberOptions<Outcome>) {
    this.#options = options;
    const { stage, prefix, createClient, sessionTimeoutMs, explain } = options;
    this.ended = this.#end.promise;
    this.ended.catch(() => {}); // seen by whoever awaits it; that nobody does yet must not end the process
    this.#membership = new Membership({
      createClient,
      group: prefix + stage.group,
      topic: prefix + stage.input,
      sessionTimeoutMs,
      onAssigned: (partitions) => this.#assign(partitions),
      onTrouble: (error) => this.#trouble(explain(error, `stay in group ${stage.group}`)),
    });
  }

  /** @throws what kafkajs throws */
  async start(): Promise<void> {
    await this.#membership.start();
  }

  active(): readonly number[] {
    const isMember = Date.now() - this.#membership.confirmedAt < this.#options.sessionTimeoutMs;
    if (!isMember) return [];
    const active = [...this.#owned].filter(([, { runner }]) => runner.isActive);
    return active.map(([partition]) => partition).sort((a, b) => a - b);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    await Promise.all([...this.#owned.values()].map(({ runner }) => runner.stop(graceMs)));
    this.#owned.clear();
    await this.#membership.stop();
    this.#end.resolve();
  }

  #assign(partitions: readonly number[]): void {
    if (this.#stopping) return;
    for (const [partition, { runner }] of this.#owned) {
      if (partitions.includes(partition)) continue;
      this.#owned.delete(partition);
      void runner.stop(0);
    }
    for (const partition of partitions) if (!this.#owned.has(partition)) this.#begin(partition, 0);
  }

  #begin(partition: number, confirmedSince: number): void {
    const { stage, createClient, admin, budget, prefix, observer, clock, explain } = this.#options;
    const { group, input, state, start } = stage;
    const port = new KafkaPartition({
      createClient,
      admin,
      membership: this.#membership,
      budget,
      prefix,
      group,
      input,
      state,
      start,
      partition,
      confirmedSince,
      wake: () => runner.wake(),
      explain,
      onTrouble: (error) => this.#trouble(error),
    });
    const runner = new PartitionRunner<Outcome>({ stage, partition, port, observer, clock });
    const owned = { runner, port };
    this.#owned.set(partition, owned);
    void this.#follow(partition, owned);
  }

  /** Sees to what the runner's end means for the partition. */
  async #follow(partition: number, owned: Owned<Outcome>): Promise<void> {
    const ended = await owned.runner.ended.catch((error: unknown) => ({ error }));
    owned.port.close();
    if (this.#owned.get(partition) !== owned || this.#stopping) return;
    if (ended === 'fenced') {
      // another has it, or the broker has ended our transaction: ours again only if the coordinator says so from now on
      this.#begin(partition, Date.now());
    } else if (typeof ended === 'object' && ended.error instanceof OffsetOutOfRange) {
      this.#begin(partition, 0); // what was to be read is gone; the takeover tells it and goes on where it can
    } else if (typeof ended === 'object') {
      this.#end.reject(ended.error);
      await this.stop();
    }
  }

  #trouble(error: LogpatrolError): void {
    this.#options.observer.trouble?.({ group: this.#options.stage.group, error });
  }
}
