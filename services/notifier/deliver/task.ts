import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { deadLetter } from '#shared/bus/dead-letter.ts';
import type {
  BusRecord,
  Effect,
  OutRecord,
  StageContext,
  StageInput,
  StageResult,
  StageTask,
} from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import { messageOf } from '#shared/errors/index.ts';
import type { Delivery, DeliveryOutcome } from '#shared/model/index.ts';
import type { Language } from '../cards/index.ts';
import type { Channel, SendOutcome } from '../channels/index.ts';
import { backoffMs } from './backoff.ts';
import { deliveryOf } from './delivery.ts';
import { type Entry, entryOf, parseMessage } from './entry.ts';
import { isDue, LookAhead } from './look-ahead.ts';
import type { DeliverObserver } from './observer.ts';
import { Pacer } from './pacer.ts';
import { FormerOwner } from './past.ts';
import { scheduleHeaders } from './schedule.ts';

/** What comes back from outside: the far side's answer, or a wait that is over. */
export type DeliverOutcome =
  | {
      readonly kind: 'answer';
      readonly offset: number;
      readonly durationMs: number;
      readonly outcome: SendOutcome;
    }
  | { readonly kind: 'awake' };

export interface DeliverOptions {
  readonly name: string;
  readonly channel: Channel;
  readonly language: Language;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly observer: DeliverObserver;
  /** The look-ahead is read up to so many bytes. */
  readonly maxBytes?: number;
}

/** 10,000 messages of 3 KB: what it takes to find the critical ones of a storm at once. */
const defaultMaxBytes = 32 * 1024 * 1024;
/** A reply that nobody understands is worth so many calls in all. */
const unknownTries = 3;
/** A message that fails so often while others get through fails on its own account. */
const ownTries = 20;
/** The bus ticks once a second; a shorter wait has its own alarm. */
const tickMs = 1000;

const deliverStageName = 'deliver';

/** What one call of `handle` has decided; made into records once the offset that it covers is known. */
interface Verdict {
  readonly entry: Entry;
  readonly delivery: Delivery;
}

/** Within the 50 characters that a far side may read. */
function idempotencyKeyOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 40);
}

/** The one sender of a channel. All decisions are made here, without I/O; the calls are its effects. */
export class DeliverTask implements StageTask<DeliverOutcome> {
  readonly #options: DeliverOptions;
  readonly #former: FormerOwner;
  readonly #pacer: Pacer;
  readonly #queue = new LookAhead();
  #begun = false;
  /** Failures of the far side in a row, and until when it is left alone for them. */
  #failures = 0;
  #notBefore = 0;
  #sent = 0;
  #committed = 0;
  #paused = false;
  #alarm = Number.POSITIVE_INFINITY;
  #verdicts: Verdict[] = [];
  #records: OutRecord[] = [];
  #effects: Effect<DeliverOutcome>[] = [];

  constructor(options: DeliverOptions) {
    this.#options = options;
    this.#former = new FormerOwner(options.name);
    this.#pacer = new Pacer(options.channel.limits.perSecond, options.channel.limits.perMinute);
  }

  restore(record: BusRecord): void {
    this.#former.restore(record);
  }

  handle(input: StageInput<DeliverOutcome>, { now, signal }: StageContext): StageResult<DeliverOutcome> {
    if (!this.#begun) {
      this.#begun = true;
      this.#former.pace(this.#pacer, now);
      this.#notBefore = this.#former.channelNotBefore;
    }
    this.#verdicts = [];
    this.#records = [];
    this.#effects = [];
    switch (input.kind) {
      case 'batch':
        for (const record of input.records) this.#take(record, now);
        break;
      case 'effect':
        if (input.outcome.kind === 'awake') this.#alarm = Number.POSITIVE_INFINITY;
        else this.#settle(input.outcome.offset, input.outcome.outcome, input.outcome.durationMs, now);
        break;
      case 'tick':
        break;
    }
    // While the process stops no effect is started any more: a `sending` would be told of a call that is never made.
    if (!signal.aborted) this.#send(now);
    return this.#result();
  }

  /** Takes one record of the outbox in. */
  #take(record: BusRecord, now: number): void {
    this.#queue.read(record.offset);
    const message = parseMessage(record.value);
    if (typeof message === 'string') {
      this.#options.observer.unreadable(this.#options.name, message);
      this.#records.push(deadLetter(record, deliverStageName, message, now));
      return;
    }
    const past = this.#former.take(record.offset, message.id);
    const entry = entryOf(record, message, past);
    switch (past?.outcome) {
      case 'sent':
      case 'digested':
      case 'dead':
        this.#queue.addDone(entry);
        return;
      case 'superseded':
        this.#queue.addSuperseded(entry);
        return;
      case 'sending':
      case 'retrying':
      case undefined: {
        const older = this.#queue.add(entry);
        if (older !== undefined) this.#decide(older, 'superseded', now);
        return;
      }
    }
  }

  /** Begins as many calls as may begin now, and sets an alarm for the next where that is sooner than the next tick. */
  #send(now: number): void {
    const { inFlight } = this.#options.channel.limits;
    while (this.#queue.calling < inFlight) {
      const free = Math.max(isDue(this.#notBefore, now) ? 0 : this.#notBefore, this.#pacer.nextAt(now));
      const entry = this.#queue.next(now, this.#failures > 0);
      if (entry === undefined || free > now) {
        const due = entry === undefined ? this.#queue.nextDue(now) : now;
        if (due !== undefined) this.#wakeAt(Math.max(due, free), now);
        return;
      }
      this.#begin(entry, now);
    }
  }

  #begin(entry: Entry, now: number): void {
    const message = parseMessage(entry.record?.value ?? null);
    if (typeof message === 'string') throw new Error(`a message that was read is lost: ${message}`);
    this.#queue.begin(entry);
    this.#pacer.note(now);
    entry.attempt++;
    const delivery = this.#decide(entry, 'sending', now);
    if (entry.uncertain) this.#options.observer.repeat(delivery);
    const { channel, language, clock } = this.#options;
    const { offset, reason, heldBack } = entry;
    this.#effects.push(async (signal) => {
      const begun = clock();
      const outcome = await channel
        .send(
          { kind: 'card', message: { ...message, reason, ...(heldBack && { heldBack }) } },
          { now: begun, signal, language, idempotencyKey: idempotencyKeyOf(message.id), plain: false },
        )
        .catch(
          (thrown: unknown): SendOutcome => ({
            kind: 'failed',
            cause: 'permanent',
            error: `cannot make the card: ${messageOf(thrown)}`,
          }),
        );
      return { kind: 'answer', offset, durationMs: Math.max(0, clock() - begun), outcome };
    });
  }

  /** Works the far side's answer in. */
  #settle(offset: number, outcome: SendOutcome, durationMs: number, now: number): void {
    const entry = this.#queue.called(offset);
    if (entry === undefined) return;
    if (outcome.kind === 'sent') {
      this.#failures = 0;
      this.#notBefore = 0;
      this.#sent++;
      this.#queue.end(entry, true);
      this.#decide(entry, 'sent', now, outcome, durationMs);
      return;
    }
    entry.uncertain = outcome.uncertain === true;
    if (outcome.cause === 'unknown') entry.unknownFailures++;
    if (outcome.cause === 'retryable') {
      if (this.#sent > entry.sentBefore) entry.ownFailures++;
      entry.sentBefore = this.#sent;
      this.#failures++;
      const wait = backoffMs(this.#failures, outcome.retryAfterMs ?? 0, this.#options.random());
      this.#notBefore = now + wait;
    }
    const hopeless =
      outcome.cause === 'permanent' || entry.unknownFailures >= unknownTries || entry.ownFailures >= ownTries;
    if (hopeless) {
      if (entry.record !== undefined)
        this.#records.push(deadLetter(entry.record, deliverStageName, outcome.error, now));
      this.#queue.end(entry, false);
      this.#decide(entry, 'dead', now, outcome, durationMs);
      return;
    }
    entry.notBefore = now + backoffMs(entry.attempt, outcome.retryAfterMs ?? 0, this.#options.random());
    const superseded = this.#queue.again(entry);
    this.#decide(entry, superseded ? 'superseded' : 'retrying', now, outcome, durationMs);
  }

  #decide(
    entry: Entry,
    outcome: DeliveryOutcome,
    now: number,
    answer?: SendOutcome,
    durationMs?: number,
  ): Delivery {
    const { name } = this.#options;
    const delivery = deliveryOf(entry, name, outcome, now, answer, durationMs);
    this.#verdicts.push({ entry, delivery });
    this.#options.observer.delivery(delivery);
    return delivery;
  }

  #wakeAt(time: number, now: number): void {
    const wait = time - now;
    if (wait >= tickMs || time >= this.#alarm) return;
    this.#alarm = time;
    this.#effects.push(async (signal) => {
      // Aborted: the partition is lost, and nobody listens any more.
      await delay(Math.max(0, wait), undefined, { signal }).catch(() => undefined);
      return { kind: 'awake' };
    });
  }

  #result(): StageResult<DeliverOutcome> {
    const { covers, bytes, depth } = this.#queue;
    const { name, maxBytes = defaultMaxBytes } = this.#options;
    this.#options.observer.queue(name, depth, bytes);
    const deliveries = this.#verdicts.map(
      ({ entry, delivery }): OutRecord => ({
        topic: topic.deliveries,
        partition: 0,
        key: delivery.messageId,
        value: JSON.stringify(delivery),
        headers: scheduleHeaders({
          offset: entry.offset,
          covers,
          notBefore: entry.notBefore,
          channelNotBefore: this.#notBefore,
          unknownFailures: entry.unknownFailures,
        }),
      }),
    );
    const moved = covers > this.#committed;
    this.#committed = covers;
    // With nothing to send, what is held waits for what has not been read yet.
    const paused = bytes > maxBytes && depth > 0;
    const turned = paused !== this.#paused;
    this.#paused = paused;
    return {
      records: [...this.#records, ...deliveries],
      ...(moved ? { covers } : {}),
      ...(this.#effects.length > 0 ? { effects: this.#effects } : {}),
      ...(turned ? { paused } : {}),
    };
  }
}
