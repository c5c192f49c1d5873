import type { StatementSync } from 'node:sqlite';
import type { Partition, Topic } from './catalog.ts';
import { type Database, integer } from './database.ts';

/** What a new owner is told. */
export interface Ownership {
  readonly epoch: number;
  /** The committed offset; undefined where nothing was committed. */
  readonly committed: number | undefined;
}

/** What each group has committed on each partition, and the epoch of the owner that may commit. */
export class Progress {
  readonly #own: StatementSync;
  readonly #commit: StatementSync;
  readonly #committed: StatementSync;
  readonly #read: StatementSync;

  constructor(database: Database) {
    this.#own = database.prepare(
      `INSERT INTO progress (group_name, partition_id, epoch) VALUES (?, ?, 1)
       ON CONFLICT DO UPDATE SET epoch = epoch + 1 RETURNING epoch, committed`,
    );
    this.#commit = database.prepare(
      `UPDATE progress SET committed = coalesce(?, committed)
       WHERE group_name = ? AND partition_id = ? AND epoch = ?`,
    );
    this.#committed = database.prepare(
      'SELECT committed FROM progress WHERE group_name = ? AND partition_id = ? AND committed IS NOT NULL',
    );
    this.#read = database.prepare(
      'SELECT min(coalesce(committed, 0)) AS offset FROM progress WHERE partition_id = ?',
    );
  }

  /** Makes the caller the only owner. Within a transaction. */
  own(group: string, partition: Partition): Ownership {
    const row = this.#own.get(group, partition.id);
    const committed = row?.committed ?? undefined;
    return {
      epoch: integer(row?.epoch),
      committed: committed === undefined ? undefined : integer(committed),
    };
  }

  /** Commits the offset, if any; false where the epoch is not the owner's any more. Within a transaction. */
  commit(group: string, partition: Partition, epoch: number, covers: number | undefined): boolean {
    return this.#commit.run(covers ?? null, group, partition.id, epoch).changes === 1;
  }

  committed(group: string, topic: Topic): Map<number, number> {
    const offsets = new Map<number, number>();
    for (const partition of topic.partitions) {
      const row = this.#committed.get(group, partition.id);
      if (row) offsets.set(partition.number, integer(row.committed));
    }
    return offsets;
  }

  /** Whether any group has ever owned the partition. */
  isRead(partition: Partition): boolean {
    return this.#read.get(partition.id)?.offset !== null;
  }

  /** The offset below which every group that has ever owned the partition is done; 0 where none has. */
  readByAll(partition: Partition): number {
    return integer(this.#read.get(partition.id)?.offset ?? 0);
  }
}
