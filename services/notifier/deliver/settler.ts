import { deadLetter } from '#shared/bus/dead-letter.ts';
import type { OutRecord } from '#shared/bus/port.ts';
import type { SendOutcome } from '../channels/index.ts';
import type { Heard } from './delivery.ts';
import type { Digests } from './digests.ts';
import { type Entry, recordOf } from './entry.ts';
import { fallbackOf } from './fallback.ts';
import type { FarSide } from './far-side.ts';
import { judgeFailure } from './judge.ts';
import type { KnownCards } from './known-cards.ts';
import type { Ledger } from './ledger.ts';
import type { LookAhead } from './look-ahead.ts';
import type { OperatorAlerts } from './operator.ts';
import { type DeliverOptions, deliverStageName } from './options.ts';
import type { Call } from './sending.ts';

type Failed = Extract<SendOutcome, { kind: 'failed' }>;
type CallOf<Kind> = Extract<Call, { kind: Kind }>;

export interface SettlerParts {
  readonly queue: LookAhead;
  readonly digests: Digests;
  readonly ledger: Ledger;
  readonly cards: KnownCards;
  readonly farSide: FarSide;
  readonly alerts: OperatorAlerts;
}

/** Works the far side's answers in: what is done with, what is tried again, what is given up. */
export class Settler {
  readonly #options: DeliverOptions;
  readonly #parts: SettlerParts;

  constructor(options: DeliverOptions, parts: SettlerParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** Returns the records that follow from the answer, besides Deliveries. */
  settle(call: Call, outcome: SendOutcome, durationMs: number, now: number): OutRecord[] {
    const { farSide } = this.#parts;
    const heard: Heard = { outcome, durationMs };
    if (outcome.kind === 'sent') {
      farSide.tookOne();
      if (call.kind === 'card') this.#sentCard(call, { ...heard, card: call.card }, now);
      else this.#sentDigest(call, heard, now);
      return [];
    }
    const random = this.#options.random();
    farSide.failed(outcome, now, random);
    const isCardGone = outcome.isCardGone === true && call.kind === 'card' && call.card !== undefined;
    const verdict = judgeFailure(call.tries, outcome, farSide, isCardGone, now, random);
    if (call.kind === 'digest')
      return verdict === 'again'
        ? this.#digestAgain(call, heard, now)
        : this.#digestRefused(call, outcome, heard, now);
    if (isCardGone) this.#parts.cards.forget(call.entry.groupId);
    if (verdict === 'hopeless') return this.#giveUp(call.entry, outcome, heard, now);
    const isSuperseded = this.#parts.queue.again(call.entry);
    this.#parts.ledger.card(call.entry, isSuperseded ? 'superseded' : 'retrying', now, heard);
    return [];
  }

  /** A message of a digest that does not come about waits to be sent by itself. */
  release(entry: Entry, now: number): void {
    if (this.#parts.queue.again(entry)) this.#parts.ledger.card(entry, 'superseded', now);
  }

  #sentCard({ entry }: CallOf<'card'>, heard: Heard, now: number): void {
    const { queue, ledger, cards } = this.#parts;
    queue.end(entry, true);
    cards.note(ledger.card(entry, 'sent', now, heard));
  }

  #sentDigest({ digest }: CallOf<'digest'>, heard: Heard, now: number): void {
    const { queue, ledger } = this.#parts;
    ledger.digest(digest, 'sent', now, heard);
    for (const member of digest.members) {
      queue.end(member, true);
      ledger.card(member, 'digested', now, { ...heard, digestId: digest.id });
    }
  }

  #digestAgain({ digest }: CallOf<'digest'>, heard: Heard, now: number): OutRecord[] {
    this.#parts.digests.again(digest);
    this.#parts.ledger.digest(digest, 'retrying', now, heard);
    return [];
  }

  /** What is wrong with a digest may be wrong with one of its messages only: each goes by itself. */
  #digestRefused({ digest }: CallOf<'digest'>, outcome: Failed, heard: Heard, now: number): OutRecord[] {
    this.#parts.ledger.digest(digest, 'dead', now, heard);
    for (const member of digest.members) {
      member.alone = true;
      this.release(member, now);
    }
    return this.#alert(`a digest was refused: ${outcome.error}`, outcome, now);
  }

  #giveUp(entry: Entry, outcome: Failed, heard: Heard, now: number): OutRecord[] {
    const { queue, ledger } = this.#parts;
    const record = recordOf(entry);
    const letters = record ? [deadLetter(record, deliverStageName, outcome.error, now)] : [];
    const copy = entry.fellBackTo === undefined ? fallbackOf(entry, now) : undefined;
    if (copy !== undefined) {
      entry.fellBackTo = copy.channel;
      this.#options.observer.fallback(this.#options.name, copy.channel);
    }
    queue.end(entry, false);
    ledger.card(entry, 'dead', now, heard);
    const line = `message ${entry.id} was given up: ${outcome.error}; see \`logpatrol queue list\``;
    return [...letters, ...(copy ? [copy.record] : []), ...this.#alert(line, outcome, now)];
  }

  #alert(line: string, { cause }: Failed, now: number): OutRecord[] {
    return this.#parts.alerts.tell(`dead-${cause}`, line, now, now);
  }
}
