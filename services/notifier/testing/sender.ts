import type { BusRecord, Effect, OutRecord } from '#shared/bus/port.ts';
import { Delivery, type Message } from '#shared/model/index.ts';
import type { SendOutcome } from '../channels/index.ts';
import type { ChannelState, DeliverOutcome } from '../deliver/index.ts';
import { DeliverTask } from '../deliver/task.ts';
import { FarSideInMemory, type FarSideOptions } from './far-side.ts';

const start = Date.parse('2026-11-21T01:00:02.000Z');
const living = new AbortController().signal;
const done = AbortSignal.abort();

export interface SenderOptions extends FarSideOptions {
  /** The operator's channel. */
  readonly operator?: string;
}

/**
 * A task and what surrounds it, under a clock of the test's own: an outbox, what the task has published and committed, and a far
 * side that answers as it is told. `crash` makes a successor from what was published, as the bus does.
 */
export class Sender {
  now = start;
  outbox: BusRecord[] = [];
  published: OutRecord[] = [];
  committed = 0;
  paused = false;
  repeats = 0;
  unreadable = 0;
  /** How the channel was told to be. */
  states: ChannelState['kind'][] = [];
  /** The most bytes that were held. */
  mostBytes = 0;
  readonly farSide: FarSideInMemory;
  readonly #operator: string | undefined;
  readonly #maxBytes: number;
  #read = 0;
  #task: DeliverTask;
  #effects: Effect<DeliverOutcome>[] = [];

  constructor(options: SenderOptions = {}, maxBytes = 1 << 20) {
    this.farSide = new FarSideInMemory(options);
    this.#operator = options.operator;
    this.#maxBytes = maxBytes;
    this.#task = this.#make();
  }

  #make(): DeliverTask {
    return new DeliverTask({
      name: 'feishu',
      channel: this.farSide.channel,
      language: 'en',
      downAfterMs: 30_000,
      operator: this.#operator,
      clock: () => this.now,
      random: () => 0.999_999,
      observer: {
        delivery: () => {},
        repeat: () => void this.repeats++,
        unreadable: () => void this.unreadable++,
        queue: (_name, _depth, bytes) => {
          this.mostBytes = Math.max(this.mostBytes, bytes);
        },
        channel: (_name, { kind }) => void this.states.push(kind),
        fallback: () => {},
      },
      maxBytes: this.#maxBytes,
    });
  }

  get sent(): Message[] {
    return this.farSide.sent;
  }

  queue(...messages: (Message | string)[]): this {
    for (const message of messages)
      this.outbox.push({
        topic: 'outbox.feishu',
        partition: 0,
        offset: this.outbox.length,
        key: Buffer.from('key'),
        value: Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
        headers: {},
        timestamp: this.now,
      });
    return this;
  }

  /** Gives the task what has been queued since, so many records at most at once. */
  read(most = 1000): this {
    do {
      const records = this.outbox.slice(this.#read, this.#read + most);
      this.#read += records.length;
      this.#handle({ kind: 'batch', records, caughtUp: this.#read === this.outbox.length });
    } while (this.#read < this.outbox.length && !this.paused);
    return this;
  }

  tick(ms = 0): this {
    this.now += ms;
    return this.#handle({ kind: 'tick', caughtUp: true });
  }

  /** How many calls have begun and are not answered. */
  get calls(): number {
    return this.#effects.length;
  }

  /** Makes the far side answer the oldest call: with what it says itself, or with `outcome`, and then it takes the card only if told so. */
  async answer(outcome?: SendOutcome, isTaken = false, ms = 10): Promise<this> {
    const effect = this.#effects.shift();
    if (effect === undefined) throw new Error('no call has begun');
    if (outcome !== undefined) this.farSide.tell(outcome, isTaken);
    const answer = await effect(living);
    this.now += ms;
    return this.#handle({ kind: 'effect', outcome: answer });
  }

  /** The far side takes the card of the oldest call, and the process dies before it hears of it. */
  async crashUnheard(most?: number): Promise<this> {
    await this.#effects.shift()?.(living);
    return this.crash(most);
  }

  /** The process dies, and another takes over from what is committed, and reads so many records at most at once. */
  crash(most?: number): this {
    this.#effects = [];
    this.#task = this.#make();
    this.paused = false;
    for (const [offset, record] of this.published.entries())
      if (record.topic === 'deliveries')
        this.#task.restore({
          topic: 'deliveries',
          partition: 0,
          offset,
          key: Buffer.from(record.key ?? ''),
          value: Buffer.from(String(record.value)),
          headers: record.headers ?? {},
          timestamp: this.now,
        });
    this.#read = this.committed;
    return this.read(most);
  }

  stopping(): this {
    return this.#handle({ kind: 'tick', caughtUp: true }, done);
  }

  get deliveries(): Delivery[] {
    return this.published
      .filter(({ topic }) => topic === 'deliveries')
      .map(({ value }) => Delivery.parse(JSON.parse(String(value))));
  }

  /** `<incident> r<revision> <outcome>` of every Delivery; of a digest's own `digest <outcome>`. */
  get story(): string[] {
    return this.deliveries.map(({ messageId, digestId, incidentId, revision, outcome }) =>
      messageId === digestId ? `digest ${outcome}` : `${incidentId} r${revision} ${outcome}`,
    );
  }

  get cards(): string[] {
    return this.sent.map(({ finding, reason }) => `${finding.id} r${finding.revision} ${reason}`);
  }

  /** What was put into the outbox of this channel. */
  outboxOf(channel: string): Message[] {
    return this.published
      .filter(({ topic }) => topic === `outbox.${channel}`)
      .map(({ value }) => JSON.parse(String(value)));
  }

  #handle(input: Parameters<DeliverTask['handle']>[0], signal = living): this {
    const result = this.#task.handle(input, { now: this.now, signal });
    this.published.push(...result.records);
    this.committed = result.covers ?? this.committed;
    this.paused = result.paused ?? this.paused;
    // An alarm is an effect as well; here the ticks do its work.
    const sending = result.records.filter((record) => String(record.value).includes('"outcome":"sending"'));
    this.#effects.push(...(result.effects ?? []).slice(0, sending.length));
    return this;
  }
}
