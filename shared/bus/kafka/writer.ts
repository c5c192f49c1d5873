import { setTimeout as delay } from 'node:timers/promises';
import type { RecordMetadata } from 'kafkajs';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { OutRecord, Writer } from '../port.ts';
import type { CreateClient } from './client.ts';
import { protocolError } from './failure.ts';
import { Fetcher } from './fetcher.ts';
import { CommitUnknown, TransactionalProducer } from './producer.ts';

export interface KafkaWriterOptions {
  readonly createClient: CreateClient;
  readonly prefix: string;
  readonly id: string;
  readonly explain: (thrown: unknown, doing: string) => LogpatrolError;
  readonly onClosed: () => void;
}

/** How long to find out whether a commit whose answer was lost has taken place, before the write is given up as failed. */
const findOutMs = 60_000;
const retryMs = 500;

/** How long a close waits for the writes in hand. */
const graceMs = 5000;

function isRefused(error: unknown): boolean {
  return protocolError(error) === 'TOPIC_AUTHORIZATION_FAILED';
}

/** Writes in transactions of its own, one at a time. */
export class KafkaWriter implements Writer {
  readonly #options: KafkaWriterOptions;
  readonly #transactionalId: string;
  #producer: TransactionalProducer | undefined;
  /** Ends when the write in hand has ended. */
  #turn: Promise<unknown> = Promise.resolve();
  #fenced: LogpatrolError | undefined;
  #isClosed = false;

  constructor(options: KafkaWriterOptions) {
    this.#options = options;
    this.#transactionalId = `${options.prefix}writer-${options.id}`;
  }

  /** Fences the writer that had the id before. */
  async open(): Promise<void> {
    try {
      await this.#open();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  write(records: readonly OutRecord[]): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error(`writer ${this.#options.id} is closed`));
    const written = this.#turn.then(() => this.#write(records));
    this.#turn = written.catch(() => {}); // told to whoever wrote
    return written;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.race([this.#turn, delay(graceMs, undefined, { ref: false })]);
    this.#giveUp();
    this.#options.onClosed();
  }

  async #write(records: readonly OutRecord[]): Promise<void> {
    if (this.#fenced) throw this.#fenced;
    if (records.length === 0) return;
    try {
      const producer = this.#producer ?? (await this.#open());
      await producer.transact(records);
    } catch (error) {
      this.#giveUp();
      if (error instanceof CommitUnknown && (await this.#wasCommitted(error))) return;
      const explained = this.#explainWrite(error, records);
      if (explained.kind === 'fenced') this.#fenced = explained;
      throw explained;
    }
  }

  async #open(): Promise<TransactionalProducer> {
    const { createClient, prefix } = this.#options;
    this.#producer = await TransactionalProducer.open(createClient, this.#transactionalId, prefix);
    return this.#producer;
  }

  /**
   * Whether a transaction whose end was not heard of is committed: a new producer of the same id makes the broker end it one
   * way or the other, and then its first record can be read or not.
   */
  async #wasCommitted(unknown: CommitUnknown): Promise<boolean> {
    const written = unknown.written.filter(({ baseOffset }) => baseOffset !== undefined);
    if (written.length === 0 || this.#explain(unknown).kind === 'fenced') return false;
    const deadline = performance.now() + findOutMs;
    for (;;) {
      try {
        await this.#open();
        return await this.#areVisible(written);
      } catch (error) {
        this.#giveUp();
        if (this.#isClosed || isRefused(error) || performance.now() > deadline) throw this.#explain(error);
        await delay(retryMs);
      }
    }
  }

  /** All of a transaction is visible, or nothing of it: one record tells, on a topic that this account may read too. */
  async #areVisible(written: readonly RecordMetadata[]): Promise<boolean> {
    let refusal: unknown;
    for (const one of written) {
      try {
        return await this.#isVisible(one, Number(one.baseOffset));
      } catch (error) {
        if (!isRefused(error)) throw error;
        refusal = error;
      }
    }
    throw refusal;
  }

  async #isVisible({ topicName, partition }: RecordMetadata, offset: number): Promise<boolean> {
    const fetcher = new Fetcher(this.#options.createClient, topicName, topicName);
    try {
      for (;;) {
        const { records, end } = await fetcher.fetch(partition, offset, 1, retryMs);
        if (end > offset) return records[0]?.offset === offset;
      }
    } finally {
      fetcher.close();
    }
  }

  #explainWrite(thrown: unknown, records: readonly OutRecord[]): LogpatrolError {
    if (protocolError(thrown) !== 'UNKNOWN_TOPIC_OR_PARTITION') return this.#explain(thrown);
    const topics = [...new Set(records.map(({ topic }) => this.#options.prefix + topic))];
    return new LogpatrolError(
      'unusable-environment',
      `Kafka: writer ${this.#options.id} found no topic ${topics.join(' or ')}: run logpatrol setup`,
      { cause: thrown },
    );
  }

  #explain(thrown: unknown): LogpatrolError {
    return this.#options.explain(thrown, `write as ${this.#options.id}`);
  }

  #giveUp(): void {
    this.#producer?.close();
    this.#producer = undefined;
  }
}
