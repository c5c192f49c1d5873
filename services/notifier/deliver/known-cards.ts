import { LRUCache } from 'lru-cache';
import type { Delivery } from '#shared/model/index.ts';
import type { SentCard } from '../channels/index.ts';

/** Some 60,000 cards: more than a channel is sent in the two weeks in which a card can be changed. */
const maxBytes = 16 * 1024 * 1024;
/** What one takes besides its two strings, estimated. */
const overhead = 150;

/** The cards that the far side has, by group, as the Deliveries tell it. One that was forgotten is sent anew. */
export class KnownCards {
  readonly #cards = new LRUCache<string, SentCard>({
    maxSize: maxBytes,
    sizeCalculation: ({ platformMessageId }, groupId) =>
      overhead + 2 * (groupId.length + platformMessageId.length),
  });

  /** Takes in what became of a message. */
  note({ groupId, outcome, platformMessageId, cardSentAt, at }: Delivery): void {
    if (outcome === 'sent' && groupId !== undefined && platformMessageId !== undefined)
      this.#cards.set(groupId, { platformMessageId, sentAt: Date.parse(cardSentAt ?? at) });
  }

  of(groupId: string): SentCard | undefined {
    return this.#cards.get(groupId);
  }

  has(groupId: string): boolean {
    return this.#cards.has(groupId);
  }

  /** It can be updated no more. */
  forget(groupId: string): void {
    this.#cards.delete(groupId);
  }
}
