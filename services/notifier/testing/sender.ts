import type { BusRecord, Effect, OutRecord } from '#shared/bus/port.ts';
import { Delivery, type Message } from '#shared/model/index.ts';
import type { SendOutcome } from '../channels/index.ts';
import type { DeliverOutcome } from '../deliver/index.ts';
import { DeliverTask } from '../deliver/task.ts';

const start = Date.parse('2026-11-21T01:00:02.000Z');
const living = new AbortController().signal;
const done = AbortSignal.abort();

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
  sent: Message[] = [];
  repeats = 0;
  unreadable = 0;
  readonly #limits: { perSecond: number; perMinute: number; inFlight: number };
  readonly #maxBytes: number;
  #read = 0;
  #task: DeliverTask;
  #effects: Effect<DeliverOutcome>[] = [];

  constructor(
    limits: { perSecond?: number; perMinute?: number; inFlight?: number } = {},
    maxBytes = 1 << 20,
  ) {
    this.#limits = { perSecond: 1e6, perMinute: 1e6, inFlight: 1, ...limits };
    this.#maxBytes = maxBytes;
    this.#task = this.#make();
  }

  #make(): DeliverTask {
    return new DeliverTask({
      name: 'feishu',
      channel: {
        limits: this.#limits,
        canUpdate: false,
        send: async (outgoing) => {
          if (outgoing.kind === 'card') this.sent.push(outgoing.message);
          return { kind: 'sent' };
        },
      },
      language: 'en',
      downAfterMs: 30_000,
      clock: () => this.now,
      random: () => 0.999_999,
      observer: {
        delivery: () => {},
        repeat: () => void this.repeats++,
        unreadable: () => void this.unreadable++,
        queue: () => {},
        channel: () => {},
        fallback: () => {},
      },
      maxBytes: this.#maxBytes,
    });
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

  /** Gives the task what has been queued since. */
  read(): this {
    const records = this.outbox.slice(this.#read);
    this.#read = this.outbox.length;
    return this.#handle({ kind: 'batch', records, caughtUp: true });
  }

  tick(ms = 0): this {
    this.now += ms;
    return this.#handle({ kind: 'tick', caughtUp: true });
  }

  /** How many calls have begun and are not answered. */
  get calls(): number {
    return this.#effects.length;
  }

  /** Makes the far side answer the oldest call: with what the channel says, or with `outcome`. */
  async answer(outcome?: SendOutcome): Promise<this> {
    const effect = this.#effects.shift();
    if (effect === undefined) throw new Error('no call has begun');
    const answer = await effect(living);
    // The channel above takes every card; one that the test wants to have failed was not taken.
    if (outcome?.kind === 'failed') this.sent.pop();
    this.now += 10;
    const heard = outcome === undefined || answer.kind === 'awake' ? answer : { ...answer, outcome };
    return this.#handle({ kind: 'effect', outcome: heard });
  }

  /** The far side takes the card of the oldest call, and the process dies before it hears of it. */
  async crashUnheard(): Promise<this> {
    await this.#effects.shift()?.(living);
    return this.crash();
  }

  /** The process dies, and another takes over from what is committed. */
  crash(): this {
    this.#effects = [];
    this.#task = this.#make();
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
    return this.read();
  }

  stopping(): this {
    return this.#handle({ kind: 'tick', caughtUp: true }, done);
  }

  get deliveries(): Delivery[] {
    return this.published
      .filter(({ topic }) => topic === 'deliveries')
      .map(({ value }) => Delivery.parse(JSON.parse(String(value))));
  }

  /** `<incident> r<revision> <outcome>` of every Delivery. */
  get story(): string[] {
    return this.deliveries.map(
      ({ incidentId, revision, outcome }) => `${incidentId} r${revision} ${outcome}`,
    );
  }

  get cards(): string[] {
    return this.sent.map(({ finding, reason }) => `${finding.id} r${finding.revision} ${reason}`);
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
