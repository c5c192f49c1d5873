import { createHash } from 'node:crypto';
import type { Effect } from '#shared/bus/port.ts';
import { messageOf } from '#shared/errors/index.ts';
import type { Language } from '../cards/index.ts';
import type { Channel, Outgoing, SendOutcome, SentCard } from '../channels/index.ts';
import { type DigestInHand, digestOf } from './digests.ts';
import { type Entry, messageIn } from './entry.ts';
import type { Tries } from './tries.ts';

/** What comes back from outside: the far side's answer, or a wait that is over. */
export type DeliverOutcome =
  | {
      readonly kind: 'answer';
      readonly call: number;
      readonly durationMs: number;
      readonly outcome: SendOutcome;
    }
  | { readonly kind: 'awake' };

/** One call to the far side. */
export type Call = {
  readonly id: string;
  readonly tries: Tries;
  readonly outgoing: Outgoing;
  /** What it takes of the channel's budget. */
  readonly calls: number;
} & (
  | { readonly kind: 'card'; readonly entry: Entry; readonly card: SentCard | undefined }
  | { readonly kind: 'digest'; readonly digest: DigestInHand }
);

/** @param card the one that the group has already */
export function cardCall(channel: Channel, entry: Entry, card: SentCard | undefined): Call {
  const outgoing: Outgoing = { kind: 'card', message: messageIn(entry), ...(card && { card }) };
  const calls = channel.calls?.(outgoing) ?? 1;
  return { kind: 'card', id: entry.id, tries: entry.tries, outgoing, calls, entry, card };
}

/** @param waiting how many more messages wait */
export function digestCall(channel: Channel, digest: DigestInHand, waiting: number): Call {
  const outgoing: Outgoing = { kind: 'digest', digest: digestOf(digest, waiting) };
  const calls = channel.calls?.(outgoing) ?? 1;
  return { kind: 'digest', id: digest.id, tries: digest.tries, outgoing, calls, digest };
}

/** Within the 50 characters that a far side may read. */
function idempotencyKeyOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 40);
}

/** The call, made once the record of its beginning is committed. */
export function sendEffect(
  number: number,
  { id, tries: { plain, uncertainSince }, outgoing }: Call,
  channel: Channel,
  language: Language,
  clock: () => number,
): Effect<DeliverOutcome> {
  return async (signal) => {
    const begun = clock();
    const outcome = await channel
      .send(outgoing, {
        now: begun,
        signal,
        language,
        idempotencyKey: idempotencyKeyOf(id),
        ...(uncertainSince === undefined ? {} : { uncertainSince }),
        plain,
      })
      .catch(
        (thrown: unknown): SendOutcome => ({
          kind: 'failed',
          cause: 'permanent',
          error: `cannot make the card: ${messageOf(thrown)}`,
          isCardRefused: true,
        }),
      );
    return { kind: 'answer', call: number, durationMs: Math.max(0, clock() - begun), outcome };
  };
}
