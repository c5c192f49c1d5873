import { setImmediate } from 'node:timers/promises';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { CommitOutcome, PartitionPort, Takeover } from '../partition-port.ts';
import type { BusRecord, OutRecord, StageDefinition } from '../port.ts';
import type { Partition } from './catalog.ts';
import type { BusData } from './data.ts';

/** State is read in portions of this size, with a turn for the others between. */
const portionBytes = 1024 * 1024;

/** One partition in the hands of one member: what its runner does with the database. */
export class OwnedPartition<Outcome> implements PartitionPort {
  readonly #data: BusData;
  readonly #stage: StageDefinition<Outcome>;
  readonly #partition: Partition;
  readonly #isOwner: () => boolean;
  #epoch = 0;
  #position = 0;

  /** @param isOwner whether the group still means the partition for this member */
  constructor(data: BusData, stage: StageDefinition<Outcome>, partition: Partition, isOwner: () => boolean) {
    this.#data = data;
    this.#stage = stage;
    this.#partition = partition;
    this.#isOwner = isOwner;
  }

  async takeOver(restore: (record: BusRecord) => void, signal: AbortSignal): Promise<Takeover> {
    if (!this.#isOwner()) throw new LogpatrolError('fenced', 'the partition has gone to another member');
    const { database, progress } = this.#data;
    const { epoch, committed = 0 } = database.transaction(() =>
      progress.own(this.#stage.group, this.#partition),
    );
    this.#epoch = epoch;
    for (const name of this.#stage.state) await this.#readState(name, restore, signal);
    this.#position = this.#stage.start === 'beginning' ? 0 : committed;
    return { position: this.#position, committed };
  }

  poll(maxBytes: number): readonly BusRecord[] {
    const { records, next } = this.#data.log.read(
      this.#partition,
      this.#position,
      this.#partition.nextOffset,
      maxBytes,
    );
    this.#position = next;
    return records;
  }

  lag(): number {
    return this.#partition.nextOffset - this.#position;
  }

  async commit(records: readonly OutRecord[], covers: number | undefined): Promise<CommitOutcome> {
    const { database, progress, log } = this.#data;
    const publish = database.transaction(() => {
      const isOwner = progress.commit(this.#stage.group, this.#partition, this.#epoch, covers);
      return isOwner ? log.append(records) : undefined;
    });
    if (!publish) return { kind: 'fenced' };
    publish();
    this.#data.room.changed();
    return { kind: 'committed' };
  }

  async #readState(name: string, restore: (record: BusRecord) => void, signal: AbortSignal): Promise<void> {
    const partition = this.#data.catalog.partition(name, this.#partition.number);
    const end = partition.nextOffset;
    for (let position = 0; position < end; ) {
      signal.throwIfAborted();
      const { records, next } = this.#data.log.read(partition, position, end, portionBytes);
      for (const record of records) restore(record);
      position = next;
      await setImmediate();
    }
  }
}
