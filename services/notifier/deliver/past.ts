import type { BusRecord } from '#shared/bus/port.ts';
import { Delivery, isTerminal } from '#shared/model/index.ts';
import { type Schedule, scheduleOf } from '#shared/queue/schedule.ts';
import type { BegunDigest } from './digests.ts';
import type { KnownCards } from './known-cards.ts';
import type { Pacer } from './pacer.ts';
import type { Past } from './tries.ts';

const minute = 60_000;

/** A value that has been parsed from a record, or `undefined`: no other part than deliver writes here, so the rest is not ours. */
function deliveryOf(value: Buffer): Delivery | undefined {
  try {
    return Delivery.safeParse(JSON.parse(value.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function pastOf(delivery: Delivery, schedule: Schedule): Past {
  const { messageId, outcome, attempt, fellBackTo } = delivery;
  const calledAt = outcome === 'sending' ? Date.parse(delivery.at) : undefined;
  return {
    messageId,
    outcome,
    attempt,
    notBefore: schedule.notBefore,
    unknownFailures: schedule.unknownFailures,
    uncertainSince: schedule.uncertainSince ?? calledAt,
    plain: schedule.plain ?? false,
    fellBackTo,
  };
}

/** What a former owner of the channel left on `deliveries`: what is done with, which cards there are, and how fast it was going. */
export class FormerOwner {
  readonly #channel: string;
  readonly #cards: KnownCards;
  /** By outbox offset. What lies below the offset that was committed is dropped on the way. */
  readonly #past = new Map<number, Past>();
  /** By id: those that were begun and not sent. */
  readonly #digests = new Map<string, BegunDigest>();
  /** Offsets of messages whose digest was refused. */
  readonly #alone = new Set<number>();
  /** When each call was made, and what it took of the budget; by message and attempt. */
  readonly #calls = new Map<string, { at: number; calls: number }>();
  #covers = 0;
  #pruned = 1000;
  /** The far side was to be left alone until then. */
  channelNotBefore = 0;
  /** When the operator was told last, by cause. */
  alerted: Readonly<Record<string, number>> = {};

  constructor(channel: string, cards: KnownCards) {
    this.#channel = channel;
    this.#cards = cards;
  }

  restore(record: BusRecord): void {
    if (record.value === null) return;
    const delivery = deliveryOf(record.value);
    const schedule = scheduleOf(record.headers);
    if (delivery?.channel !== this.#channel || schedule === undefined) return;
    this.#covers = Math.max(this.#covers, schedule.covers);
    this.channelNotBefore = schedule.channelNotBefore;
    this.alerted = schedule.alerted ?? {};
    this.#cards.note(delivery);
    const { messageId, attempt, outcome } = delivery;
    if (schedule.members !== undefined) this.#restoreDigest(pastOf(delivery, schedule), schedule.members);
    else if (schedule.offset >= this.#covers) this.#past.set(schedule.offset, pastOf(delivery, schedule));
    // What a digest names, and what was superseded, was not called for.
    if (outcome !== 'superseded' && outcome !== 'digested' && attempt > 0)
      this.#calls.set(`${messageId} ${attempt}`, {
        at: Date.parse(delivery.at),
        calls: schedule.calls ?? 1,
      });
    this.#prune(Date.parse(delivery.at));
  }

  #restoreDigest(past: Past, offsets: readonly number[]): void {
    if (isTerminal(past.outcome)) this.#digests.delete(past.messageId);
    else this.#digests.set(past.messageId, { past, offsets });
    if (past.outcome === 'dead') for (const offset of offsets) this.#alone.add(offset);
  }

  /** What is known of the message at this offset. The id must be the same: the outbox may have been made anew. */
  take(offset: number, messageId: string): Past | undefined {
    const past = this.#past.get(offset);
    this.#past.delete(offset);
    return past?.messageId === messageId ? past : undefined;
  }

  /** Whether a digest that named the message at this offset was refused. */
  isAlone(offset: number): boolean {
    return this.#alone.delete(offset);
  }

  /** Digests that were begun and not ended. */
  digests(): BegunDigest[] {
    const begun = [...this.#digests.values()].filter(({ offsets }) =>
      offsets.every((at) => at >= this.#covers),
    );
    this.#digests.clear();
    return begun;
  }

  /** Lets the pacer know of the calls of the last minute, so that a takeover in a storm does not break the limit. */
  pace(pacer: Pacer, now: number): void {
    for (const { at, calls } of [...this.#calls.values()].sort((a, b) => a.at - b.at))
      if (at > now - minute && at <= now) pacer.note(at, calls);
    this.#calls.clear();
  }

  #prune(newest: number): void {
    const size = () => this.#past.size + this.#calls.size + this.#alone.size;
    if (size() <= this.#pruned) return;
    for (const offset of this.#past.keys()) if (offset < this.#covers) this.#past.delete(offset);
    for (const offset of this.#alone) if (offset < this.#covers) this.#alone.delete(offset);
    for (const [id, { at }] of this.#calls) if (at < newest - minute) this.#calls.delete(id);
    this.#pruned = 1000 + 2 * size();
  }
}
