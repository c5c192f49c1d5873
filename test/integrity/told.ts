import { z } from 'zod';

/** An incident's id: `<domain partition>-<fingerprint>-<opened, base 36 ms>`. */
const incidentId = /\b\d+-[0-9a-f]{16}-[0-9a-z]+\b/g;

/** The incidents that a card names by their ids, as people see it: in its footer, its list of members, or a digest's rows. */
export function namedIn(seen: { readonly title: string; readonly text: string }): Set<string> {
  return new Set(`${seen.title}\n${seen.text}`.match(incidentId) ?? []);
}

/** Of what a stand-in in a process of its own was sent, as much as accounting takes. */
export const SentRequest = z.object({
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** `bot`, or the API of apps that was called. */
  api: z.string(),
  code: z.number().optional(),
  fault: z.string().optional(),
  /** Of what was accepted: what the group saw. */
  seen: z.object({ title: z.string(), subtitle: z.string(), text: z.string() }).optional(),
});
export type SentRequest = z.infer<typeof SentRequest>;

/** What the stand-in with this control address was sent, from the `from`-th request on. */
export async function requestsOf(control: string, from = 0): Promise<SentRequest[]> {
  const response = await fetch(new URL(`requests?from=${from}`, control));
  return z.array(SentRequest).parse(await response.json());
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

function isDigestCard(seen: { readonly text: string }): boolean {
  return !footer.test(seen.text.split('\n').at(-1) ?? '');
}
