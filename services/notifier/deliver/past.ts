import type { BusRecord } from '#shared/bus/port.ts';
import { Delivery } from '#shared/model/index.ts';
import type { Past } from './entry.ts';
import type { Pacer } from './pacer.ts';
import { scheduleOf } from './schedule.ts';

const minute = 60_000;

/** A value that has been parsed from a record, or `undefined`: no other part than deliver writes here, so the rest is not ours. */
function deliveryOf(value: Buffer): Delivery | undefined {
  try {
    return Delivery.safeParse(JSON.parse(value.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** What a former owner of the channel left on `deliveries`: which messages are done with, and how fast it was going. */
export class FormerOwner {
  readonly #channel: string;
  /** By outbox offset. What lies below the offset that was committed is dropped on the way. */
  readonly #past = new Map<number, Past>();
  readonly #calls = new Map<string, number>();
  #covers = 0;
  #pruned = 1000;
  /** The far side was to be left alone until then. */
  channelNotBefore = 0;

  constructor(channel: string) {
    this.#channel = channel;
  }

  restore(record: BusRecord): void {
    if (record.value === null) return;
    const delivery = deliveryOf(record.value);
    const schedule = scheduleOf(record.headers);
    if (delivery?.channel !== this.#channel || schedule === undefined) return;
    this.#covers = Math.max(this.#covers, schedule.covers);
    this.channelNotBefore = schedule.channelNotBefore;
    if (schedule.offset >= this.#covers)
      this.#past.set(schedule.offset, {
        messageId: delivery.messageId,
        outcome: delivery.outcome,
        attempt: delivery.attempt,
        notBefore: schedule.notBefore,
        unknownFailures: schedule.unknownFailures,
      });
    if (delivery.outcome !== 'superseded') this.#calls.set(delivery.messageId, Date.parse(delivery.at));
    this.#prune(Date.parse(delivery.at));
  }

  /** What is known of the message at this offset. The id must be the same: the outbox may have been made anew. */
  take(offset: number, messageId: string): Past | undefined {
    const past = this.#past.get(offset);
    this.#past.delete(offset);
    return past?.messageId === messageId ? past : undefined;
  }

  /** Lets the pacer know of the calls of the last minute, so that a takeover in a storm does not break the limit. */
  pace(pacer: Pacer, now: number): void {
    for (const time of [...this.#calls.values()].sort((a, b) => a - b))
      if (time > now - minute && time <= now) pacer.note(time);
    this.#calls.clear();
  }

  #prune(newest: number): void {
    if (this.#past.size + this.#calls.size <= this.#pruned) return;
    for (const offset of this.#past.keys()) if (offset < this.#covers) this.#past.delete(offset);
    for (const [id, time] of this.#calls) if (time < newest - minute) this.#calls.delete(id);
    this.#pruned = 1000 + 2 * (this.#past.size + this.#calls.size);
  }
}
