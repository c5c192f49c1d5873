import type { Severity } from '#shared/model/index.ts';
import { namedIn, type SentRequest } from '#test/integrity/told.ts';
import type { Stretch } from './outages.ts';

/** A finding that was put on the bus, and when, in milliseconds since the epoch. */
export interface Put {
  readonly id: string;
  readonly severity: Severity;
  readonly at: number;
}

/** What people have been told, by what the far side has accepted and nothing else. */
export class Told {
  /** When each incident was named first, in milliseconds since the epoch. */
  readonly firstAt = new Map<string, number>();
  /** Incidents that a digest named first. */
  readonly inDigestsFirst = new Set<string>();
  cards = 0;
  digests = 0;
  /** Cards that were changed in place, and short replies to cards. */
  updates = 0;
  replies = 0;
  /** Of a custom bot: how often each card was accepted. */
  readonly #accepted = new Map<string, number>();

  take(requests: readonly SentRequest[]): void {
    for (const { at, api, seen } of requests) {
      if (seen === undefined) continue;
      const isDigest = isDigestCard(seen);
      if (api === 'update') this.updates += 1;
      else if (api === 'reply') this.replies += 1;
      else if (isDigest) this.digests += 1;
      else this.cards += 1;
      if (api === 'bot') {
        const words = JSON.stringify(seen);
        this.#accepted.set(words, (this.#accepted.get(words) ?? 0) + 1);
      }
      for (const id of namedIn(seen)) {
        if (this.firstAt.has(id)) continue;
        this.firstAt.set(id, at);
        if (isDigest) this.inDigestsFirst.add(id);
      }
    }
  }

  /** How many cards of a custom bot were accepted that had been accepted before, to the letter. */
  get doubled(): number {
    return more(this.#accepted.values());
  }
}

/** A message that stands in a chat. */
export interface ChatMessage {
  readonly parentId?: string | undefined;
  /** Of a card: what it said when it came, and then. */
  readonly states: readonly { readonly title: string; readonly subtitle: string; readonly text: string }[];
  readonly text?: string | undefined;
}

/** How many of an app's messages in a chat said, when they came, what another had said to the letter: updates are not sent twice, they are done twice. */
export function doubledIn(messages: readonly ChatMessage[]): number {
  const counts = new Map<string, number>();
  for (const { parentId, states, text } of messages) {
    const words = JSON.stringify([parentId, states[0], text]);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return more(counts.values());
}

function more(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += count - 1;
  return sum;
}

/** A card of its own ends with `<incident id> r<revision>`. */
const footer = /^\S+ r\d+$/m;

export function isDigestCard(seen: { readonly text: string }): boolean {
  return !footer.test(seen.text.split('\n').at(-1) ?? '');
}

/**
 * The longest that a finding waited in one go while the far side was up: each outage lets it begin anew.
 *
 * @param outages in order of time
 * @param told when it was told, in milliseconds since the epoch
 */
export function waitedMs(put: number, told: number, outages: readonly Stretch[]): number {
  let longest = 0;
  let upSince = put;
  for (const { from, to } of outages) {
    if (to <= upSince || from >= told) continue;
    longest = Math.max(longest, from - upSince);
    upSince = to;
  }
  return Math.max(longest, told - upSince);
}

/** The most times within any stretch of `ms`, its end not counted. */
export function mostWithin(ms: number, times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, time] of sorted.entries()) {
    while ((sorted[first] ?? time) <= time - ms) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** A reading of memory. */
export interface Reading {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly bytes: number;
}

/** How fast it grows, in bytes a minute: the straight line that fits the readings best (least squares). */
export function growth(readings: readonly Reading[]): number {
  const count = readings.length;
  const meanAt = readings.reduce((sum, { at }) => sum + at, 0) / count;
  const meanBytes = readings.reduce((sum, { bytes }) => sum + bytes, 0) / count;
  let above = 0;
  let below = 0;
  for (const { at, bytes } of readings) {
    above += (at - meanAt) * (bytes - meanBytes);
    below += (at - meanAt) ** 2;
  }
  return below === 0 ? 0 : (60_000 * above) / below;
}
