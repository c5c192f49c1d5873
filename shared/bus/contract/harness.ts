import { randomBytes } from 'node:crypto';
import { vi } from 'vitest';
import type {
  Bus,
  BusRecord,
  Member,
  OutRecord,
  StageDefinition,
  StageResult,
  StageTask,
  TopicSpec,
} from '../port.ts';

/** A member that can be made to fail in ways in which only a whole process can. */
export interface Participant {
  readonly member: Member;
  /**
   * Until `wake`, nothing that it does reaches the bus and the bus does not hear from it, as with SIGSTOP; its tasks may
   * run meanwhile. Others take its partitions over once its session has run out.
   */
  stall(): Promise<void>;
  wake(): Promise<void>;
  /** Ends it without its leaving the group, as with SIGKILL. Nothing that it does reaches the bus any more. */
  die(): Promise<void>;
}

/** A bus on data of its own, which nobody else uses. */
export interface BusHarness {
  /** For set-up, writing and reading; never stalled. */
  readonly bus: Bus;
  /** A member in a process of its own, or as near to it as the adapter allows. */
  join<Outcome>(stage: StageDefinition<Outcome>): Promise<Participant>;
  /** Ends every member that still runs, and removes the data. */
  close(): Promise<void>;
}

/** How long a condition may take: a session's end, a rebalance and a takeover on a busy machine. */
export const patience = { timeout: 40_000, interval: 50 };

export const mebibyte = 1024 * 1024;

/** A name that no other test uses. */
export function unique(name: string): string {
  return `${name}-${randomBytes(4).toString('hex')}`;
}

/** Makes a topic of its own for a test, with its dead-letter topic, and tells its name. */
export async function makeTopic(bus: Bus, spec: Partial<Omit<TopicSpec, 'name'>> = {}): Promise<string> {
  const name = unique('topic');
  const whole: TopicSpec = {
    name,
    partitions: 1,
    cleanup: 'delete',
    maxRecordBytes: 4 * mebibyte,
    ...spec,
  };
  await bus.setup([whole, { ...whole, name: `dlq.${name}`, cleanup: 'delete' }]);
  return name;
}

/** Everything on a topic, as readers see it. */
export async function readAll(bus: Bus, topic: string): Promise<BusRecord[]> {
  const records: BusRecord[] = [];
  for await (const record of bus.read(topic)) records.push(record);
  return records;
}

export function text(record: BusRecord): string {
  return record.value === null ? '' : record.value.toString('utf8');
}

/** Waits until as many records are on the topic, and gives them. */
export async function readCount(bus: Bus, topic: string, count: number): Promise<BusRecord[]> {
  let records: BusRecord[] = [];
  await vi.waitUntil(
    async () => {
      records = await readAll(bus, topic);
      return records.length >= count;
    },
    { ...patience, interval: 200 },
  );
  return records;
}

/** Writes records with the values `first`, `first + 1`, …, dealt over the partitions. */
export async function writeNumbers(
  bus: Bus,
  topic: string,
  partitions: number,
  first: number,
  count: number,
): Promise<void> {
  const records: OutRecord[] = Array.from({ length: count }, (_, index) => ({
    topic,
    key: null,
    value: String(first + index),
    partition: (first + index) % partitions,
  }));
  const writer = await bus.writer(unique('numbers'));
  await writer.write(records);
  await writer.close();
}

/** The offset behind a batch. */
export function behind(records: readonly BusRecord[]): number {
  return (records.at(-1)?.offset ?? -1) + 1;
}

/** A stage without state that answers batches only. */
export function batchStage(
  group: string,
  input: string,
  handle: (
    records: readonly BusRecord[],
    partition: number,
  ) => StageResult<never> | Promise<StageResult<never>>,
  more: Partial<StageDefinition> = {},
): StageDefinition {
  return {
    group,
    input,
    start: 'committed',
    state: [],
    ...more,
    task: (partition) => ({
      handle: (given) => (given.kind === 'batch' ? handle(given.records, partition) : { records: [] }),
    }),
  };
}

/** A stage that copies each value to `output`, on the same partition, and says who did it in the header `by`. */
export function copyStage(
  group: string,
  input: string,
  output: string,
  by = 'anyone',
  more: Partial<StageDefinition> = {},
): StageDefinition {
  return batchStage(
    group,
    input,
    (records) => ({ records: records.map((record) => copyOf(record, output, by)), covers: behind(records) }),
    more,
  );
}

export function copyOf(record: BusRecord, output: string, by: string): OutRecord {
  return { topic: output, key: null, value: record.value, partition: record.partition, headers: { by } };
}

/** Keeps a count for each key in a state topic: what it has counted is there exactly when its offset is committed. */
export function countingTask(stateTopic: string, partition: number): StageTask {
  const counts = new Map<string, number>();
  return {
    restore: (record) => {
      const key = String(record.key);
      if (record.value === null) counts.delete(key);
      else counts.set(key, Number(text(record)));
    },
    handle: (given) => {
      if (given.kind !== 'batch') return { records: [] };
      const touched = new Set<string>();
      for (const record of given.records) {
        const key = String(record.key);
        counts.set(key, (counts.get(key) ?? 0) + 1);
        touched.add(key);
      }
      const records = [...touched].map((key) => ({
        topic: stateTopic,
        key,
        value: String(counts.get(key)),
        partition,
      }));
      return { records, covers: behind(given.records) };
    },
  };
}

/** The numbers from 0 up to `count`, as `writeNumbers` writes them, in numeric order. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

export function valuesOf(records: readonly BusRecord[]): number[] {
  return records.map((record) => Number(text(record))).sort((a, b) => a - b);
}

/** A door that is shut until it is opened. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
