import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import { makeFolder } from '#shared/disk/make-folder.ts';
import { messageOf } from '#shared/errors/index.ts';
import type { Partition } from './embedded/catalog.ts';
import { type BusData, openData } from './embedded/data.ts';
import { Group } from './embedded/group.ts';
import { lockFolder } from './embedded/lock.ts';
import { EmbeddedMember } from './embedded/member.ts';
import { openingError } from './embedded/sqlite-error.ts';
import { EmbeddedWriter } from './embedded/writer.ts';
import type {
  Bus,
  BusObserver,
  BusRecord,
  Change,
  DependencyHealth,
  Member,
  StageDefinition,
  TopicSpec,
  Writer,
} from './port.ts';

export interface EmbeddedBusOptions {
  /** The folder of the database `bus.db` and its lock; made where there is none. */
  readonly dataDir: string;
  /** What the database may take. Writers wait when nine tenths are taken by records that are yet to be read. */
  readonly maxBytes: number;
  readonly logger: Logger;
  readonly observer?: BusObserver;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

const sweepEveryMs = 5000;
const readPortionBytes = 1024 * 1024;

/**
 * The bus in one SQLite database, for one process: durable, bounded, and the same stages as on Kafka.
 *
 * @throws LogpatrolError `unusable-environment` where another process has the folder, or it cannot be used, `no-space`
 */
export async function openEmbeddedBus(options: EmbeddedBusOptions): Promise<EmbeddedBus> {
  const { dataDir, maxBytes, logger, observer, clock = Date.now } = options;
  let unlock = (): void => {};
  try {
    makeFolder(dataDir);
    unlock = lockFolder(dataDir);
    return new EmbeddedBus(openData(dataDir, maxBytes, logger, clock), { unlock, logger, observer, clock });
  } catch (error) {
    unlock();
    throw openingError(error, dataDir);
  }
}

interface Surroundings {
  readonly unlock: () => void;
  readonly logger: Logger;
  readonly observer: BusObserver | undefined;
  readonly clock: () => number;
}

/** @see openEmbeddedBus */
export class EmbeddedBus implements Bus {
  readonly #data: BusData;
  readonly #surroundings: Surroundings;
  readonly #groups = new Map<string, Group>();
  readonly #members = new Map<Member, string>();
  readonly #writers = new Map<string, EmbeddedWriter>();
  readonly #timer: NodeJS.Timeout;
  #closed: Promise<void> | undefined;

  constructor(data: BusData, surroundings: Surroundings) {
    this.#data = data;
    this.#surroundings = surroundings;
    this.#timer = setInterval(() => this.#sweep(), sweepEveryMs);
    this.#timer.unref();
  }

  async run<Outcome>(stage: StageDefinition<Outcome>): Promise<EmbeddedMember<Outcome>> {
    const { catalog } = this.#data;
    const { partitions } = catalog.topic(stage.input);
    for (const name of stage.state) catalog.partition(name, partitions.length - 1);
    const key = JSON.stringify([stage.group, stage.input]);
    const group = this.#groups.get(key) ?? new Group(() => catalog.topic(stage.input).partitions.length);
    this.#groups.set(key, group);
    const { observer, clock } = this.#surroundings;
    const member = new EmbeddedMember({ stage, group, data: this.#data, observer, clock });
    this.#members.set(member, stage.group);
    member.ended.catch(() => {}).finally(() => this.#members.delete(member));
    return member;
  }

  async writer(id: string): Promise<Writer> {
    return new EmbeddedWriter(this.#data, id, this.#writers);
  }

  read(
    name: string,
    options: { partition?: number; from?: ReadonlyMap<number, number> } = {},
  ): AsyncIterable<BusRecord> {
    const { catalog } = this.#data;
    const { partition, from } = options;
    const partitions =
      partition === undefined ? catalog.topic(name).partitions : [catalog.partition(name, partition)];
    return this.#records(
      partitions.map((one) => ({ partition: one, from: from?.get(one.number) ?? 0, end: one.nextOffset })),
    );
  }

  async committed(group: string, topic: string): Promise<ReadonlyMap<number, number>> {
    return this.#data.progress.committed(group, this.#data.catalog.topic(topic));
  }

  async ends(topic: string): Promise<ReadonlyMap<number, number>> {
    const { partitions } = this.#data.catalog.topic(topic);
    return new Map(partitions.map(({ number, nextOffset }) => [number, nextOffset]));
  }

  async members(groups: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const here = [...this.#members.values()];
    return new Map(groups.map((group) => [group, here.filter((name) => name === group).length]));
  }

  async setup(topics: readonly TopicSpec[], options: { dryRun?: boolean } = {}): Promise<Change[]> {
    return this.#data.catalog.setup(topics, options.dryRun ?? false);
  }

  async verify(topics: readonly TopicSpec[]): Promise<string[]> {
    return this.#data.catalog.verify(topics);
  }

  async health(): Promise<DependencyHealth> {
    const { database, room } = this.#data;
    const used = `${Math.round(database.usedBytes / 1e6)} of ${Math.round(database.maxBytes / 1e6)} MB used`;
    if (!room.isFull) return { name: 'embedded bus', ok: true, detail: used };
    return {
      name: 'embedded bus',
      ok: false,
      detail: `full: ${used}, and writers wait`,
      remedy: 'see which service does not get on, or raise retention.embeddedGigabytes',
    };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async *#records(
    ranges: readonly { partition: Partition; from: number; end: number }[],
  ): AsyncGenerator<BusRecord> {
    for (const { partition, from, end } of ranges) {
      for (let position = from; position < end; ) {
        const { records, next } = this.#data.log.read(partition, position, end, readPortionBytes);
        yield* records;
        position = next;
        await setImmediate(); // a long topic must not keep others from their turn
      }
    }
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#members.keys()].map((member) => member.stop()));
    await Promise.all([...this.#writers.values()].map((writer) => writer.close()));
    await this.#data.retention.close();
    this.#data.database.close();
    this.#surroundings.unlock();
  }

  #sweep(): void {
    this.#data.retention.sweep().catch((error: unknown) => {
      this.#surroundings.logger.warn(`retention: ${messageOf(error)}`); // tried again in a few seconds
    });
  }
}
