import type { Severity } from '#shared/model/index.ts';
import { mostInDigest } from '../cards/index.ts';
import type { ChannelLimits } from '../channels/index.ts';
import type { DigestInHand, Digests } from './digests.ts';
import type { Entry } from './entry.ts';
import type { LookAhead } from './look-ahead.ts';
import type { Pacer } from './pacer.ts';

/** What to send next. */
export type Pick =
  | { readonly kind: 'card'; readonly entry: Entry }
  /** A digest to be made of these. */
  | { readonly kind: 'digest'; readonly entries: readonly Entry[] }
  /** A digest that was begun before. */
  | { readonly kind: 'again'; readonly digest: DigestInHand };

/** A pick and when it may be sent (`now` or earlier: at once), or a wait until there may be one. */
type Offer = { readonly at: number; readonly pick?: Pick };

/** What waits longer than this if each gets a card of its own is worth a digest. */
const bearableMs = 30_000;
/** Critical cards of their own are sent as long as all that wait go within this, which leaves some of the 30 s to wait for the channel. */
const criticalMs = 25_000;
/** A digest is worth its call even on a channel that bears next to nothing only from so many. */
const fewest = 5;
/** A storm is over when so long no more than can be borne has waited. */
const stormMs = 30_000;
/** In a storm a digest waits so long for more to name. */
const gatherMs = 5000;
/** What of the minute's budget only critical messages may use. */
const criticalShare = 0.2;
/** The last calls of a minute are not made one upon another, so that none has to wait a minute for the next. */
const lastCalls = 4;
/** Others get a call after so many critical ones in a row, where they have waited so long. */
const inRow = 4;
const otherWaitMs = 15_000;

const critical: readonly Severity[] = ['critical'];
const others: readonly Severity[] = ['warning', 'info'];

/**
 * Shares a channel's budget: a card for each message while the budget bears it within half a minute, and beyond that digests, so that
 * nothing is dropped and nothing critical waits. Why it is as it is: `docs/decisions/0010-digests.md`.
 */
export class Chooser {
  readonly #queue: LookAhead;
  readonly #digests: Digests;
  readonly #pacer: Pacer;
  readonly #isDigestible: (entry: Entry) => boolean;
  readonly #perMinute: number;
  /** More than this wait: a storm. */
  readonly #bearable: number;
  readonly #reserve: number;
  readonly #last: number;
  #stormUntil = 0;
  #digestAt = 0;
  #otherAt = 0;
  #criticalInRow = 0;

  constructor(
    queue: LookAhead,
    digests: Digests,
    pacer: Pacer,
    { perSecond, perMinute }: ChannelLimits,
    isDigestible: (entry: Entry) => boolean,
  ) {
    this.#queue = queue;
    this.#digests = digests;
    this.#pacer = pacer;
    this.#isDigestible = isDigestible;
    this.#perMinute = perMinute;
    const share = bearableMs / 60_000;
    this.#bearable = Math.max(fewest, Math.floor(Math.min(perSecond * 60, perMinute) * share));
    this.#reserve = Number.isFinite(perMinute) ? Math.floor(perMinute * criticalShare) : 0;
    this.#last = Number.isFinite(perMinute) ? Math.min(lastCalls, Math.floor(perMinute / 10)) : 0;
  }

  /**
   * What to send next and when; `undefined` where nothing waits. While the far side is `failing` it is asked with what was tried least.
   */
  offer(now: number, failing: boolean): Offer | undefined {
    if (failing) return this.#probe(now) ?? this.#waits(now);
    const urgent = this.#urgent(now);
    const isTheirTurn = this.#criticalInRow >= inRow && now - this.#otherAt >= otherWaitMs;
    const theirs = isTheirTurn ? this.#other(now, true) : undefined;
    const first =
      theirs?.pick !== undefined && theirs.at <= now ? theirs : (urgent ?? this.#other(now, false));
    if (first === undefined || (first.pick !== undefined && first.at <= now))
      return first ?? this.#waits(now);
    return { ...first, at: Math.min(first.at, this.#waits(now)?.at ?? first.at) };
  }

  /** The pick is sent now. */
  took(pick: Pick, now: number): void {
    const isCritical = severityOf(pick) === 'critical';
    if (pick.kind !== 'card' && !isCritical) this.#digestAt = now;
    if (isCritical) this.#criticalInRow++;
    else {
      this.#criticalInRow = 0;
      this.#otherAt = now;
    }
  }

  /** The earliest end of a message's own wait. */
  #waits(now: number): Offer | undefined {
    const waits = [this.#queue.nextDue(now), this.#digests.nextDue(now)].filter((at) => at !== undefined);
    return waits.length === 0 ? undefined : { at: Math.min(...waits) };
  }

  #probe(now: number): Offer | undefined {
    const entry = this.#queue.next(now, true);
    const digest = this.#digests.next(now);
    const at = this.#pacer.nextAt(now);
    if (digest !== undefined && (entry === undefined || digest.tries.attempt < entry.tries.attempt))
      return { at, pick: { kind: 'again', digest } };
    return entry && { at, pick: { kind: 'card', entry } };
  }

  #urgent(now: number): Offer | undefined {
    const entry = this.#queue.next(now, false, critical);
    const begun = this.#digests.next(now);
    const isBegun = begun?.members[0]?.severity === 'critical';
    if (entry === undefined && !isBegun) return undefined;
    const isLast = this.#pacer.left(now) <= this.#last;
    const spaced = isLast && this.#last > 0 ? this.#pacer.last + 60_000 / this.#last : 0;
    const at = Math.max(this.#pacer.nextAt(now), spaced);
    if (isBegun) return { at, pick: { kind: 'again', digest: begun } };
    if (entry === undefined) return undefined;
    const borne = isLast ? 1 : Math.max(1, this.#pacer.room(now, now + criticalMs) - this.#last);
    const { entries } = this.#isMore(now, critical, borne) ? this.#gather(now, critical) : { entries: [] };
    return { at, pick: entries.length > 1 ? { kind: 'digest', entries } : { kind: 'card', entry } };
  }

  #other(now: number, isTheirTurn: boolean): Offer | undefined {
    const begun = this.#digests.next(now);
    const isCalm = this.#stormUntil <= now;
    if (this.#isMore(now, others, this.#bearable)) {
      if (isCalm) this.#digestAt = Math.max(this.#digestAt, now);
      this.#stormUntil = now + stormMs;
    }
    const isStorm = this.#stormUntil > now;
    const spacing = isStorm ? 60_000 / (this.#perMinute * (1 - criticalShare)) : 0;
    const at = Math.max(
      this.#pacer.nextAt(now, 1, isTheirTurn ? 0 : this.#reserve),
      isStorm ? this.#otherAt + spacing : 0,
    );
    if (begun !== undefined) return { at, pick: { kind: 'again', digest: begun } };
    if (!isStorm) {
      const entry = this.#queue.next(now, false, others);
      return entry && { at, pick: { kind: 'card', entry } };
    }
    const { entries, isFull } = this.#gather(now, others);
    const gathered = this.#digestAt + gatherMs;
    if (entries.length > 1 && (isFull || gathered <= now)) return { at, pick: { kind: 'digest', entries } };
    const [card] = this.#queue.due(now, others, (entry) => !this.#isDigestible(entry));
    const alone = card ?? (gathered <= now ? entries[0] : undefined);
    if (alone !== undefined) return { at, pick: { kind: 'card', entry: alone } };
    return entries.length === 0 ? undefined : { at: Math.max(at, gathered) };
  }

  /** Whether more than `most` of what may be in a digest waits. */
  #isMore(now: number, levels: readonly Severity[], most: number): boolean {
    if (!Number.isFinite(most)) return false;
    const due = this.#queue.due(now, levels, this.#isDigestible);
    for (let count = 0; count <= most; count++) if (due.next().done === true) return false;
    return true;
  }

  /** What the next digest would name, and whether it has no room for more. */
  #gather(now: number, levels: readonly Severity[]): { entries: Entry[]; isFull: boolean } {
    const entries: Entry[] = [];
    let rows = 0;
    for (const entry of this.#queue.due(now, levels, this.#isDigestible)) {
      if (rows + entry.rows > mostInDigest) return { entries, isFull: true };
      rows += entry.rows;
      entries.push(entry);
    }
    return { entries, isFull: rows === mostInDigest };
  }
}

function severityOf(pick: Pick): Severity | undefined {
  switch (pick.kind) {
    case 'card':
      return pick.entry.severity;
    case 'digest':
      return pick.entries[0]?.severity;
    case 'again':
      return pick.digest.members[0]?.severity;
  }
}
