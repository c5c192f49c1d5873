import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Consumer } from 'kafkajs';
import type { CreateClient } from './client.ts';
import { whileSettling } from './settling.ts';
import { stickyAssigner } from './sticky-assigner.ts';

export interface MembershipOptions {
  readonly createClient: CreateClient;
  /** Group and topic as the cluster names them. */
  readonly group: string;
  readonly topic: string;
  readonly sessionTimeoutMs: number;
  /** The partitions that the coordinator has given to this member, each time it has dealt them. */
  readonly onAssigned: (partitions: readonly number[]) => void;
  /** The member has lost the group and joins again. Told once an outage. */
  readonly onTrouble: (error: unknown) => void;
}

/** How often the coordinator is told that we live. A takeover waits for the answer of one, and a rebalance is noticed by it. */
const heartbeatMs = 500;

/** The beat of kafkajs' loop while it has nothing to fetch, in which it looks whether a heartbeat is due. */
const loopMs = 100;

const firstRetryMs = 200;
const longestRetryMs = 5000;
const leaveMs = 3000;

/**
 * This process's place in a consumer group: which partitions of one topic are its own, and since when that is known. Nothing
 * is fetched here: all partitions are paused for ever, so that kafkajs' loop does nothing but heartbeats, whatever the
 * stages do (see internals.ts).
 */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #stopped = new AbortController();
  #consumer: Consumer | undefined;
  /** When the request was sent whose answer last said that we are a member; milliseconds since the epoch. */
  #confirmedAt = 0;
  /** What the coordinator has given to us last. */
  #assigned: readonly number[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** Joins the group and stays in it until `stop`. @throws what kafkajs throws where that fails at first */
  async start(): Promise<void> {
    const { lost } = await whileSettling(() => this.#join());
    void this.#stay(lost);
  }

  /** When the coordinator was asked that has last confirmed the membership; milliseconds since the epoch, 0 before. */
  get confirmedAt(): number {
    return this.#confirmedAt;
  }

  /**
   * Waits until the coordinator has confirmed, in answer to a request sent at `since` or later, that we are a member. A
   * process that was stopped for long must ask this before it fences anyone: its partitions may be another's.
   *
   * @param since milliseconds since the epoch
   * @throws the signal's reason
   */
  async confirmed(since: number, signal: AbortSignal): Promise<void> {
    while (this.#confirmedAt < since) {
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        const settle = () => {
          this.#waiting.delete(settle);
          signal.removeEventListener('abort', settle);
          resolve();
        };
        this.#waiting.add(settle);
        signal.addEventListener('abort', settle);
      });
    }
    signal.throwIfAborted();
  }

  /** Leaves the group, so that others need not wait for the session's end. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    const left = this.#consumer?.disconnect().catch(() => {}); // the broker is away: the session's end says it
    await Promise.race([left, delay(leaveMs, undefined, { ref: false })]);
  }

  async #stay(first: Promise<unknown>): Promise<void> {
    const { signal } = this.#stopped;
    let lost = first;
    let failures = 0;
    while (!signal.aborted) {
      const error = await lost;
      if (signal.aborted) return;
      if (failures === 1) this.#options.onTrouble(error);
      await delay(Math.min(firstRetryMs * 2 ** failures, longestRetryMs), undefined, { signal }).catch(
        () => {},
      );
      if (signal.aborted) return;
      try {
        ({ lost } = await this.#join());
        failures = 0;
      } catch (thrown) {
        lost = Promise.resolve(thrown);
        failures += 1;
      }
    }
  }

  /** Joins once; `lost` settles when the membership ends for a reason that kafkajs does not mend. */
  async #join(): Promise<Lost> {
    const { createClient, group, topic, sessionTimeoutMs, onAssigned } = this.#options;
    const consumer = createClient().consumer({
      groupId: group,
      partitionAssigners: [
        stickyAssigner(() => ({ partitions: [...this.#assigned], confirmedAt: this.#confirmedAt })),
        kafkajs.PartitionAssigners.roundRobin,
      ],
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: sessionTimeoutMs * 2,
      heartbeatInterval: heartbeatMs,
      maxWaitTimeInMs: loopMs,
      metadataMaxAge: 30_000,
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: async () => false }, // done here, in one place and for every cause
    });
    this.#consumer = consumer;
    const { GROUP_JOIN, HEARTBEAT, REQUEST, CRASH } = consumer.events;
    let sentAt = 0;
    let isLost = false;
    const lost = new Promise<unknown>((resolve) => {
      consumer.on(CRASH, ({ payload }) => {
        isLost = true;
        resolve(payload.error);
      });
    });
    consumer.on(REQUEST, ({ payload }) => {
      if (payload.apiName === 'SyncGroup' || payload.apiName === 'Heartbeat') sentAt = payload.sentAt;
    });
    consumer.on(HEARTBEAT, () => this.#confirm(sentAt));
    consumer.on(GROUP_JOIN, ({ payload }) => {
      consumer.pause([{ topic }]); // before the first fetch: listeners run at once
      this.#assigned = payload.memberAssignment[topic] ?? [];
      onAssigned(this.#assigned);
      this.#confirm(sentAt);
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({ autoCommit: false, eachBatch: async () => {} });
    } catch (error) {
      consumer.disconnect().catch(() => {}); // it is given up
      throw error;
    }
    if (isLost) throw await lost;
    if (this.#stopped.signal.aborted) await this.stop();
    return { lost };
  }

  #confirm(sentAt: number): void {
    this.#confirmedAt = Math.max(this.#confirmedAt, sentAt);
    for (const settle of this.#waiting) settle();
  }
}

interface Lost {
  readonly lost: Promise<unknown>;
}
