import { PartitionRunner } from '../partition-runner.ts';
import type { BusObserver, Member, StageDefinition } from '../port.ts';
import type { BusData } from './data.ts';
import type { Group, GroupMember } from './group.ts';
import { OwnedPartition } from './owned-partition.ts';

/** What is in flight may finish for so long: when the member stops, and when a partition goes to another member. */
const stopGraceMs = 4000;
const moveGraceMs = 1000;

export interface EmbeddedMemberOptions<Outcome> {
  readonly stage: StageDefinition<Outcome>;
  readonly group: Group;
  readonly data: BusData;
  readonly observer?: BusObserver | undefined;
  readonly clock: () => number;
}

/** A member of a group: one runner for each partition that it owns. */
export class EmbeddedMember<Outcome> implements Member, GroupMember {
  readonly ended: Promise<void>;
  readonly #options: EmbeddedMemberOptions<Outcome>;
  readonly #runners = new Map<number, PartitionRunner<Outcome>>();
  readonly #end = Promise.withResolvers<void>();
  #isStopping = false;

  constructor(options: EmbeddedMemberOptions<Outcome>) {
    this.#options = options;
    this.ended = this.#end.promise;
    this.ended.catch(() => {}); // seen by whoever awaits it; that nobody does yet must not end the process
    options.group.join(this);
  }

  active(): readonly number[] {
    return [...this.#runners].filter(([, runner]) => runner.isActive).map(([partition]) => partition);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#options.group.leave(this);
    await this.release([...this.#runners.keys()]); // those that the group has taken away already
    this.#end.resolve();
  }

  /** Takes its partitions from it, as the end of its session does on Kafka; it comes back when it notices. */
  evict(): void {
    this.#options.group.evict(this);
  }

  async release(partitions: readonly number[]): Promise<void> {
    const graceMs = this.#isStopping ? stopGraceMs : moveGraceMs;
    await Promise.all(partitions.map((partition) => this.#runners.get(partition)?.stop(graceMs)));
  }

  take(partitions: readonly number[]): void {
    if (this.#isStopping) return;
    for (const partition of partitions) this.#start(partition);
  }

  #start(number: number): void {
    const { stage, group, data, observer, clock } = this.#options;
    const partition = data.catalog.partition(stage.input, number);
    const port = new OwnedPartition(data, stage, partition, () => group.isOwner(this, number));
    const runner = new PartitionRunner({ stage, partition: number, port, observer, clock });
    const wake = (): void => runner.wake();
    partition.listeners.add(wake);
    this.#runners.set(number, runner);
    const finish = (): void => {
      partition.listeners.delete(wake);
      if (this.#runners.get(number) === runner) this.#runners.delete(number);
    };
    runner.ended.then(
      (how) => {
        finish();
        if (how === 'fenced') void this.#comeBack();
      },
      (error: unknown) => {
        finish();
        void this.#fail(error);
      },
    );
  }

  /** It was evicted while it was away: what it still has is not its own any more. */
  async #comeBack(): Promise<void> {
    const { group } = this.#options;
    if (this.#isStopping || group.has(this)) return;
    const runners = [...this.#runners.values()];
    this.#runners.clear();
    group.join(this);
    await Promise.all(runners.map((runner) => runner.stop(0)));
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    await this.#options.group.leave(this);
    this.#end.reject(error);
  }
}
