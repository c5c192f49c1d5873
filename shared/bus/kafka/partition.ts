import { LogpatrolError } from '#shared/errors/index.ts';
import type { CommitOutcome, PartitionPort, Takeover } from '../partition-port.ts';
import type { BusRecord, OutRecord } from '../port.ts';
import type { AdminConnection } from './admin.ts';
import type { CreateClient } from './client.ts';
import { isFromKafka } from './failure.ts';
import { type ByteBudget, Feed } from './feed.ts';
import { Fetcher } from './fetcher.ts';
import { markerHeader, markerKey } from './marker.ts';
import type { Membership } from './membership.ts';
import { CommitUnknown, TransactionalProducer } from './producer.ts';

export interface KafkaPartitionOptions {
  readonly createClient: CreateClient;
  readonly admin: AdminConnection;
  readonly membership: Membership;
  readonly budget: ByteBudget;
  readonly prefix: string;
  /** Names without the prefix. */
  readonly group: string;
  readonly input: string;
  readonly state: readonly string[];
  readonly start: 'committed' | 'beginning';
  readonly partition: number;
  /** The membership must have been confirmed since then, in milliseconds since the epoch, before anyone is fenced. */
  readonly confirmedSince: number;
  readonly wake: () => void;
  /** Makes of what kafkajs threw an error that says what to do. */
  readonly explain: (thrown: unknown, doing: string) => LogpatrolError;
  readonly onTrouble: (error: LogpatrolError) => void;
}

/** A membership confirmed so long ago is no reason to fence anyone. */
const freshMs = 1000;

/** Compressed bytes of one fetch of a state topic. */
const restoreBytes = 1024 * 1024;

/** How long the broker keeps a fetch of a state topic while a transaction in front of its end is still open. */
const restoreWaitMs = 100;

/** What Kafka does for the runner of one partition of a stage. */
export class KafkaPartition implements PartitionPort {
  readonly #options: KafkaPartitionOptions;
  readonly #transactionalId: string;
  #producer: TransactionalProducer | undefined;
  #feed: Feed | undefined;

  constructor(options: KafkaPartitionOptions) {
    this.#options = options;
    const { prefix, group, input, partition } = options;
    this.#transactionalId = `${prefix}${group}-${input}-${partition}`;
  }

  /**
   * The order is what makes it right. The membership first, so that a member that is none any more fences nobody. Then the
   * fence: from here on the old owner can commit nothing. Then the marker and the state up to it, so that everything
   * the old owner has committed is read. And only then the committed offset, which before the fence may be an old one.
   */
  async takeOver(restore: (record: BusRecord) => void, signal: AbortSignal): Promise<Takeover> {
    const { membership, confirmedSince, explain, input, partition } = this.#options;
    this.close();
    await membership.confirmed(Math.max(confirmedSince, Date.now() - freshMs), signal);
    try {
      const producer = await this.#fence(signal);
      await this.#restore(producer, restore, signal);
      const { takeover, fetcher } = await this.#findPosition();
      if (signal.aborted) fetcher.close();
      signal.throwIfAborted();
      this.#feed = this.#startFeed(fetcher, takeover.position);
      return takeover;
    } catch (error) {
      this.close();
      throw isFromKafka(error) ? explain(error, `take over ${input}-${partition}`) : error;
    }
  }

  poll(maxBytes: number): readonly BusRecord[] {
    return this.#feed?.poll(maxBytes) ?? [];
  }

  lag(): number {
    return this.#feed?.lag() ?? Infinity;
  }

  async commit(records: readonly OutRecord[], covers: number | undefined): Promise<CommitOutcome> {
    const { prefix, group, input, partition, explain } = this.#options;
    const producer = this.#producer;
    if (producer === undefined) return { kind: 'failed', error: new Error('the partition was given up') };
    try {
      await producer.transact(
        records,
        covers === undefined
          ? undefined
          : { group: prefix + group, topic: prefix + input, partition, offset: covers },
      );
      return { kind: 'committed' };
    } catch (error) {
      this.#closeProducer();
      // an unknown end is for the takeover to find out: it reads what is committed
      const cause = error instanceof CommitUnknown ? error.cause : error;
      const explained = explain(cause, `commit a transaction of ${group} on ${input}-${partition}`);
      return explained.kind === 'fenced' ? { kind: 'fenced' } : { kind: 'failed', error: explained };
    }
  }

  /** Lets go of everything. The next takeover begins anew. */
  close(): void {
    this.#closeProducer();
    this.#feed?.stop();
    this.#feed = undefined;
  }

  async #fence(signal: AbortSignal): Promise<TransactionalProducer> {
    const { createClient, prefix } = this.#options;
    const producer = await TransactionalProducer.open(createClient, this.#transactionalId, prefix);
    if (signal.aborted) producer.close();
    signal.throwIfAborted();
    this.#producer = producer;
    return producer;
  }

  async #restore(
    producer: TransactionalProducer,
    restore: (record: BusRecord) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { state, partition } = this.#options;
    const [own] = state;
    if (own === undefined) return;
    const [marker] = await producer.transact([
      {
        topic: own,
        partition,
        key: markerKey(this.#transactionalId),
        value: null,
        headers: { [markerHeader]: this.#transactionalId },
      },
    ]);
    if (marker?.baseOffset === undefined) throw new Error('the broker did not say where the marker is');
    await this.#readState(own, Number(marker.baseOffset) + 1, restore, signal);
    for (const topic of state.slice(1)) await this.#readState(topic, undefined, restore, signal);
  }

  /** @param until the offset below which everything must be read; without it the end as it is now */
  async #readState(
    topic: string,
    until: number | undefined,
    restore: (record: BusRecord) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { createClient, prefix, partition } = this.#options;
    const fetcher = new Fetcher(createClient, prefix + topic, topic);
    try {
      const { begin, end } = await fetcher.bounds(partition);
      for (let at = begin; at < (until ?? end); ) {
        const { records, next } = await fetcher.fetch(partition, at, restoreBytes, restoreWaitMs);
        signal.throwIfAborted();
        for (const record of records) restore(record);
        at = next;
      }
    } finally {
      fetcher.close();
    }
  }

  async #findPosition(): Promise<{ takeover: Takeover; fetcher: Fetcher }> {
    const { createClient, admin, prefix, group, input, start, partition, onTrouble } = this.#options;
    const fetcher = new Fetcher(createClient, prefix + input, input);
    try {
      const offsets = await admin.committed(prefix + group, prefix + input);
      const committed = offsets.get(partition) ?? 0;
      const { begin, end } = await fetcher.bounds(partition);
      if (start === 'beginning') return { takeover: { position: begin, committed }, fetcher };
      const isKnown = offsets.has(partition);
      if (isKnown && (committed < begin || committed > end))
        onTrouble(outOfRange(this.#options, committed, begin, end));
      if (committed > end) return { takeover: { position: begin, committed: 0 }, fetcher };
      return { takeover: { position: Math.max(committed, begin), committed }, fetcher };
    } catch (error) {
      fetcher.close();
      throw error;
    }
  }

  #startFeed(fetcher: Fetcher, position: number): Feed {
    const { partition, budget, wake, input, explain, onTrouble } = this.#options;
    const doing = `read ${input}-${partition}`;
    const tell = (error: unknown) => onTrouble(explain(error, doing));
    return new Feed({ fetcher, partition, budget, wake, onTrouble: tell }, position);
  }

  #closeProducer(): void {
    this.#producer?.close();
    this.#producer = undefined;
  }
}

function outOfRange(
  { group, input, partition }: KafkaPartitionOptions,
  committed: number,
  begin: number,
  end: number,
): LogpatrolError {
  const why =
    committed < begin
      ? `${begin - committed} records were deleted before they were read; raise the topic's retention`
      : 'the topic was made anew or has lost records; it is read from its beginning';
  return new LogpatrolError(
    'unusable-environment',
    `Kafka: group ${group} was to go on at offset ${committed} of ${input}-${partition}, which has ${begin} to ${end}: ${why}`,
  );
}
