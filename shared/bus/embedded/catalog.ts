import type { StatementSync } from 'node:sqlite';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { Change, TopicSpec } from '../port.ts';
import { type Database, integer, string } from './database.ts';

/** One partition, as it is committed. */
export interface Partition {
  readonly id: number;
  readonly number: number;
  readonly topic: Topic;
  nextOffset: number;
  /** What its records' keys and values take. */
  bytes: number;
  /** Called after records have been added. */
  readonly listeners: Set<() => void>;
}

export interface Topic {
  readonly id: number;
  spec: TopicSpec;
  readonly partitions: Partition[];
}

/** Offsets of one partition; with 2^13 partitions the ids stay below 2^53. */
export const span = 2 ** 40;
const mostPartitions = 2 ** 13;

export function isCompacted(topic: Topic): boolean {
  return topic.spec.cleanup !== 'delete';
}

/** The topics: kept in the database, and whole in memory. */
export class Catalog {
  readonly #database: Database;
  readonly #topics = new Map<string, Topic>();
  readonly #insertTopic: StatementSync;
  readonly #insertPartition: StatementSync;
  readonly #update: StatementSync;

  constructor(database: Database) {
    this.#database = database;
    this.#insertTopic = database.prepare(
      `INSERT INTO topic (name, cleanup, retention_ms, retention_bytes, max_record_bytes)
       VALUES (?, ?, ?, ?, ?) RETURNING id`,
    );
    this.#insertPartition = database.prepare(
      'INSERT INTO partition (topic_id, number) VALUES (?, ?) RETURNING id',
    );
    this.#update = database.prepare(
      'UPDATE topic SET cleanup = ?, retention_ms = ?, retention_bytes = ?, max_record_bytes = ? WHERE id = ?',
    );
    this.#load();
  }

  /** @throws LogpatrolError `unusable-environment` where there is no such topic */
  topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (topic) return topic;
    throw new LogpatrolError('unusable-environment', `there is no topic "${name}": run "logpatrol setup"`);
  }

  /** @throws LogpatrolError `unusable-environment` where there is no such topic or partition */
  partition(name: string, number: number): Partition {
    const topic = this.topic(name);
    const partition = topic.partitions[number];
    if (partition) return partition;
    throw new LogpatrolError(
      'unusable-environment',
      `topic "${name}" has ${topic.partitions.length} partitions, and no number ${number}: run "logpatrol setup"`,
    );
  }

  partitions(): Partition[] {
    return [...this.#topics.values()].flatMap((topic) => topic.partitions);
  }

  /** What is to be done, and, unless it is a dry run, does it. */
  setup(specs: readonly TopicSpec[], dryRun: boolean): Change[] {
    return specs.map((spec) => {
      const what = `topic ${spec.name}`;
      const known = this.#topics.get(spec.name);
      if (!known) {
        if (!dryRun) this.#create(spec);
        return { what, action: 'create', detail: `${spec.partitions} partitions` };
      }
      const differences = differencesOf(known, spec);
      if (differences.length === 0) return { what, action: 'none' };
      const detail = differences.join(', ');
      if (!isMendable(known, spec)) return { what, action: 'none', detail: `cannot be changed: ${detail}` };
      if (!dryRun) this.#change(known, spec);
      return { what, action: 'update', detail };
    });
  }

  verify(specs: readonly TopicSpec[]): string[] {
    return specs.flatMap((spec) => {
      const known = this.#topics.get(spec.name);
      if (!known) return [`there is no topic "${spec.name}"`];
      const differences = differencesOf(known, spec);
      return differences.length === 0 ? [] : [`topic "${spec.name}": ${differences.join(', ')}`];
    });
  }

  #create(spec: TopicSpec): void {
    const topic = this.#database.transaction(() => {
      const { cleanup, retentionMs = null, retentionBytes = null, maxRecordBytes } = spec;
      const row = this.#insertTopic.get(spec.name, cleanup, retentionMs, retentionBytes, maxRecordBytes);
      const created: Topic = { id: integer(row?.id), spec, partitions: [] };
      this.#addPartitions(created, spec.partitions);
      return created;
    });
    this.#topics.set(spec.name, topic);
  }

  #change(topic: Topic, spec: TopicSpec): void {
    const { cleanup, retentionMs = null, retentionBytes = null, maxRecordBytes } = spec;
    const before = topic.partitions.length;
    try {
      this.#database.transaction(() => {
        this.#update.run(cleanup, retentionMs, retentionBytes, maxRecordBytes, topic.id);
        this.#addPartitions(topic, spec.partitions);
      });
    } catch (error) {
      topic.partitions.length = before;
      throw error;
    }
    topic.spec = spec;
  }

  #addPartitions(topic: Topic, count: number): void {
    for (let number = topic.partitions.length; number < count; number += 1) {
      const id = integer(this.#insertPartition.get(topic.id, number)?.id);
      if (id >= mostPartitions) {
        throw new LogpatrolError('unusable-environment', `more than ${mostPartitions} partitions in all`);
      }
      topic.partitions.push({ id, number, topic, nextOffset: 0, bytes: 0, listeners: new Set() });
    }
  }

  #load(): void {
    const byId = new Map<number, Topic>();
    for (const row of this.#database.prepare('SELECT * FROM topic').all()) {
      const name = string(row.name);
      const cleanup = string(row.cleanup);
      if (cleanup !== 'delete' && cleanup !== 'compact' && cleanup !== 'compact,delete') {
        throw new Error(`the database knows no clean-up "${cleanup}"`);
      }
      const spec: TopicSpec = {
        name,
        partitions: 0,
        cleanup,
        ...(row.retention_ms !== null && { retentionMs: integer(row.retention_ms) }),
        ...(row.retention_bytes !== null && { retentionBytes: integer(row.retention_bytes) }),
        maxRecordBytes: integer(row.max_record_bytes),
      };
      const topic: Topic = { id: integer(row.id), spec, partitions: [] };
      byId.set(topic.id, topic);
      this.#topics.set(name, topic);
    }
    for (const row of this.#database.prepare('SELECT * FROM partition ORDER BY topic_id, number').all()) {
      const topic = byId.get(integer(row.topic_id));
      topic?.partitions.push({
        id: integer(row.id),
        number: integer(row.number),
        topic,
        nextOffset: integer(row.next_offset),
        bytes: integer(row.bytes),
        listeners: new Set(),
      });
    }
  }
}

function differencesOf(topic: Topic, wanted: TopicSpec): string[] {
  const { spec, partitions } = topic;
  const pairs: [string, string | number | undefined, string | number | undefined][] = [
    ['partitions', partitions.length, wanted.partitions],
    ['cleanup', spec.cleanup, wanted.cleanup],
    ['retentionMs', spec.retentionMs, wanted.retentionMs],
    ['retentionBytes', spec.retentionBytes, wanted.retentionBytes],
    ['maxRecordBytes', spec.maxRecordBytes, wanted.maxRecordBytes],
  ];
  return pairs
    .filter(([, is, should]) => is !== should)
    .map(([name, is, should]) => `${name} is ${is ?? 'unlimited'}, should be ${should ?? 'unlimited'}`);
}

/** Partitions are never taken away, and a log never becomes compacted nor a compacted topic a log: that would lose records. */
function isMendable(topic: Topic, wanted: TopicSpec): boolean {
  return wanted.partitions >= topic.partitions.length && isCompacted(topic) === (wanted.cleanup !== 'delete');
}
