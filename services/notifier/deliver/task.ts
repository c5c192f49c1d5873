import type {
  BusRecord,
  Effect,
  OutRecord,
  StageContext,
  StageInput,
  StageResult,
  StageTask,
} from '#shared/bus/port.ts';
import { mostInDigest } from '../cards/index.ts';
import type { SendOutcome } from '../channels/index.ts';
import { Alarm } from './alarm.ts';
import { Chooser, type Pick } from './chooser.ts';
import { Digests, formDigest } from './digests.ts';
import type { Entry } from './entry.ts';
import { FarSide } from './far-side.ts';
import { Intake } from './intake.ts';
import { KnownCards } from './known-cards.ts';
import { isDue } from './lanes.ts';
import { Ledger } from './ledger.ts';
import { LookAhead } from './look-ahead.ts';
import { OperatorAlerts } from './operator.ts';
import type { DeliverOptions } from './options.ts';
import { Pacer } from './pacer.ts';
import { FormerOwner } from './past.ts';
import { type Call, cardCall, type DeliverOutcome, digestCall, sendEffect } from './sending.ts';
import { Settler } from './settler.ts';
import type { Tries } from './tries.ts';
import { Watch } from './watch.ts';

/** 10,000 messages of 6 KB, which take 2 KB each: what it takes to find the critical ones of a storm at once. */
const defaultMaxBytes = 32 * 1024 * 1024;

/** The one sender of a channel. All decisions are made here, without I/O; the calls are its effects. */
export class DeliverTask implements StageTask<DeliverOutcome> {
  readonly #options: DeliverOptions;
  readonly #cards = new KnownCards();
  readonly #former: FormerOwner;
  readonly #pacer: Pacer;
  readonly #farSide: FarSide;
  readonly #queue: LookAhead;
  readonly #digests: Digests;
  readonly #chooser: Chooser;
  readonly #ledger: Ledger;
  readonly #alerts: OperatorAlerts;
  readonly #settler: Settler;
  readonly #intake: Intake;
  readonly #watch: Watch;
  readonly #alarm = new Alarm();
  readonly #calls = new Map<number, Call>();
  #nextCall = 0;
  #begun = false;
  #committed = 0;
  #paused = false;
  #records: OutRecord[] = [];
  #effects: Effect<DeliverOutcome>[] = [];

  constructor(options: DeliverOptions) {
    const { name, channel, observer, operator, language, downAfterMs } = options;
    this.#options = options;
    this.#former = new FormerOwner(name, this.#cards);
    this.#pacer = new Pacer(channel.limits.perSecond, channel.limits.perMinute);
    this.#farSide = new FarSide(downAfterMs);
    this.#queue = new LookAhead(channel.canUpdate);
    this.#digests = new Digests(name);
    this.#chooser = new Chooser(this.#queue, this.#digests, this.#pacer, channel.limits, (entry) =>
      this.#isDigestible(entry),
    );
    this.#ledger = new Ledger(name, observer);
    this.#alerts = new OperatorAlerts(name, operator, language);
    const parts = {
      former: this.#former,
      queue: this.#queue,
      digests: this.#digests,
      ledger: this.#ledger,
      cards: this.#cards,
      farSide: this.#farSide,
      alerts: this.#alerts,
    };
    this.#settler = new Settler(options, parts);
    this.#intake = new Intake(options, { ...parts, settler: this.#settler });
    this.#watch = new Watch(options, parts);
  }

  restore(record: BusRecord): void {
    this.#former.restore(record);
  }

  handle(input: StageInput<DeliverOutcome>, { now, signal }: StageContext): StageResult<DeliverOutcome> {
    if (!this.#begun) this.#takeOver(now);
    this.#records = [];
    this.#effects = [];
    switch (input.kind) {
      case 'batch':
        this.#records.push(...this.#intake.take(input.records, now));
        break;
      case 'effect':
        if (input.outcome.kind === 'awake') this.#alarm.rang();
        else this.#settle(input.outcome.call, input.outcome.outcome, input.outcome.durationMs, now);
        break;
      case 'tick':
        break;
    }
    this.#records.push(...this.#watch.look(now));
    // While the process stops no effect is started any more: a `sending` would be told of a call that is never made.
    if (!signal.aborted) this.#send(now);
    return this.#result();
  }

  #takeOver(now: number): void {
    this.#begun = true;
    this.#former.pace(this.#pacer, now);
    this.#farSide.notBefore = this.#former.channelNotBefore;
    this.#digests.restore(this.#former.digests());
    this.#alerts.restore(this.#former.alerted);
  }

  /**
   * Whether a row in a digest serves in place of the message. Not where the far side has its card, which must change, nor where it may
   * have it and can be asked.
   */
  #isDigestible(entry: Entry): boolean {
    if (entry.alone || entry.isDrill || entry.rows > mostInDigest) return false;
    if (!this.#options.channel.canUpdate) return true;
    return entry.tries.uncertainSince === undefined && !this.#cards.has(entry.groupId);
  }

  /** Begins as many calls as may begin now, and sets an alarm for the next where that is sooner than the next tick. */
  #send(now: number): void {
    const { notBefore } = this.#farSide;
    const free = isDue(notBefore, now) ? 0 : notBefore;
    while (this.#calls.size < this.#options.channel.limits.inFlight) {
      const offer = this.#chooser.offer(now, this.#farSide.failures > 0);
      if (offer === undefined) return;
      const at = Math.max(offer.at, free);
      if (offer.pick === undefined || at > now) {
        this.#wakeAt(at, now);
        return;
      }
      const call = this.#callOf(offer.pick);
      const paced = this.#pacer.nextAt(now, call.calls);
      if (paced > now) {
        this.#wakeAt(paced, now);
        return;
      }
      this.#chooser.took(offer.pick, now);
      this.#begin(call, now);
    }
  }

  #callOf(pick: Pick): Call {
    const { name, channel } = this.#options;
    switch (pick.kind) {
      case 'card':
        return cardCall(channel, pick.entry, this.#cards.of(pick.entry.groupId));
      case 'digest':
        return digestCall(channel, formDigest(name, pick.entries), this.#queue.waiting - pick.entries.length);
      case 'again':
        return digestCall(channel, pick.digest, this.#queue.waiting);
    }
  }

  #begin(call: Call, now: number): void {
    const { channel, language, clock, observer } = this.#options;
    call.tries.attempt++;
    call.tries.calledAt = now;
    call.tries.calls = call.calls;
    this.#pacer.note(now, call.calls);
    if (call.kind === 'card') {
      this.#queue.begin(call.entry);
      const delivery = this.#ledger.card(call.entry, 'sending', now);
      if (call.tries.uncertainSince !== undefined) observer.repeat(delivery);
    } else {
      this.#digests.begin(call.digest);
      for (const member of call.digest.members) this.#queue.begin(member);
      const delivery = this.#ledger.digest(call.digest, 'sending', now);
      const isRepeat = ({ tries }: { readonly tries: Tries }) => tries.uncertainSince !== undefined;
      if ([call, ...call.digest.members].some(isRepeat)) observer.repeat(delivery);
    }
    const number = this.#nextCall++;
    this.#calls.set(number, call);
    this.#effects.push(sendEffect(number, call, channel, language, clock));
  }

  #settle(number: number, outcome: SendOutcome, durationMs: number, now: number): void {
    const call = this.#calls.get(number);
    if (call === undefined) return;
    this.#calls.delete(number);
    this.#records.push(...this.#settler.settle(call, outcome, durationMs, now));
  }

  #wakeAt(time: number, now: number): void {
    const effect = this.#alarm.set(time, now);
    if (effect !== undefined) this.#effects.push(effect);
  }

  #result(): StageResult<DeliverOutcome> {
    const { covers, bytes, depth } = this.#queue;
    const { name, maxBytes = defaultMaxBytes, observer } = this.#options;
    observer.queue(name, depth, bytes);
    const deliveries = this.#ledger.take({
      covers,
      channelNotBefore: this.#farSide.notBefore,
      alerted: this.#alerts.alerted,
    });
    const moved = covers > this.#committed;
    this.#committed = covers;
    // With nothing to send, what is held waits for what has not been read yet.
    const paused = bytes > maxBytes && depth > this.#digests.incomplete;
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
