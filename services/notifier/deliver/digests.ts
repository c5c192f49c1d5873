import { createHash } from 'node:crypto';
import type { Digest, DigestEntry } from '../cards/index.ts';
import { type Entry, messageIn } from './entry.ts';
import { isDue } from './lanes.ts';
import { type Past, type Tries, triesAfter } from './tries.ts';

/** A digest that is being sent, or will be sent again: what it names is fixed with its first call. */
export interface DigestInHand {
  /** Made of what it names, so that the same messages are the same digest. */
  readonly id: string;
  /** The most severe first. */
  readonly members: readonly Entry[];
  readonly tries: Tries;
}

/** A digest that a former owner has begun and not ended. */
export interface BegunDigest {
  readonly past: Past;
  /** Where its messages stand in the outbox, in the order in which it names them. */
  readonly offsets: readonly number[];
}

function digestIdOf(channel: string, members: readonly Entry[]): string {
  const named = members.map(({ offset, id }) => `${offset} ${id}`).join('\n');
  return `digest:${channel}:${createHash('sha256').update(named).digest('hex').slice(0, 20)}`;
}

export function formDigest(channel: string, members: readonly Entry[]): DigestInHand {
  return { id: digestIdOf(channel, members), members, tries: triesAfter(undefined) };
}

/** One row for each incident of the message. */
function rowsOf(entry: Entry): DigestEntry[] {
  const { id, reason, finding, others = [], otherCount = 0 } = messageIn(entry);
  const unnamed = Math.max(0, otherCount - others.length);
  return [finding, ...others].map((each, index) => ({
    messageId: id,
    incidentId: each.id,
    severity: each.severity,
    reason,
    state: each.state === 'acknowledged' || each.state === 'resolved' ? each.state : 'open',
    service: each.service,
    title: each.title,
    count: Math.max(1, each.count),
    otherCount: index === 0 ? unnamed : 0,
    firstSeen: each.firstSeen,
  }));
}

/** @param waiting how many more messages wait for further digests */
export function digestOf({ id, members }: DigestInHand, waiting: number): Digest {
  return { id, entries: members.flatMap(rowsOf), waiting };
}

/** The digests of a channel that have been begun and are not done with. */
export class Digests {
  readonly #channel: string;
  /** To be sent again. */
  readonly #waiting: DigestInHand[] = [];
  /** Begun by a former owner, and not all of their messages read yet. */
  readonly #partial = new Map<number, { begun: BegunDigest; found: Map<number, Entry> }>();

  constructor(channel: string) {
    this.#channel = channel;
  }

  /** Takes over digests that a former owner has begun. */
  restore(begun: Iterable<BegunDigest>): void {
    for (const each of begun) {
      const partial = { begun: each, found: new Map<number, Entry>() };
      for (const offset of each.offsets) this.#partial.set(offset, partial);
    }
  }

  /** Whether the message at this offset belongs to a digest that a former owner has begun. */
  claims(offset: number): boolean {
    return this.#partial.has(offset);
  }

  /** How many messages wait for others of their digest to be read. */
  get incomplete(): number {
    return [...new Set(this.#partial.values())].reduce((sum, { found }) => sum + found.size, 0);
  }

  /**
   * Takes in such a message. With the last of them the digest waits to be sent again.
   *
   * @returns messages that go by themselves, because the digest cannot be made again as it was (the outbox is another)
   */
  take(entry: Entry): readonly Entry[] {
    const partial = this.#partial.get(entry.offset);
    if (partial === undefined) return [entry];
    partial.found.set(entry.offset, entry);
    const { past, offsets } = partial.begun;
    const members = offsets.flatMap((offset) => partial.found.get(offset) ?? []);
    if (members.length < offsets.length) return [];
    this.#forget(offsets);
    if (digestIdOf(this.#channel, members) !== past.messageId) return members;
    this.again({ id: past.messageId, members, tries: triesAfter(past) });
    return [];
  }

  /** Gives up digests of which a message cannot come any more, since all before `reading` have been read. */
  lost(reading: number): Entry[] {
    const lost: Entry[] = [];
    for (const { begun, found } of new Set(this.#partial.values())) {
      if (begun.offsets.every((offset) => offset >= reading || found.has(offset))) continue;
      this.#forget(begun.offsets);
      lost.push(...found.values());
    }
    return lost;
  }

  #forget(offsets: readonly number[]): void {
    for (const offset of offsets) this.#partial.delete(offset);
  }

  /** The messages of digests that are to be sent again. */
  *members(): Generator<Entry> {
    for (const { members } of this.#waiting) yield* members;
  }

  /** Its call has failed, and is to be made again. */
  again(digest: DigestInHand): void {
    this.#waiting.push(digest);
  }

  /** The digest to send again now, if any. */
  next(now: number): DigestInHand | undefined {
    return this.#waiting.find(({ tries }) => isDue(tries.notBefore, now));
  }

  begin(digest: DigestInHand): void {
    const index = this.#waiting.indexOf(digest);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  /** The earliest end of a wait; `undefined` where none waits. */
  nextDue(now: number): number | undefined {
    const waits = this.#waiting.map(({ tries }) => tries.notBefore).filter((at) => !isDue(at, now));
    return waits.length === 0 ? undefined : Math.min(...waits);
  }
}
