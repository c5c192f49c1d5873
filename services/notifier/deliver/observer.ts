import type { Delivery } from '#shared/model/index.ts';

/** How a channel is: taking cards, taking fewer than we would send, failing, or failing for so long that others take over. */
export interface ChannelState {
  readonly kind: 'well' | 'throttled' | 'failing' | 'down';
  /** Where it is down: since when, in milliseconds since the epoch, and what it said last. */
  readonly since?: number;
  readonly error?: string;
}

/** Told of what deliver does, for metrics and the operator's log. Must not throw. */
export interface DeliverObserver {
  /** Of a message, or of a digest: then `messageId` is its `digestId`. */
  delivery(delivery: Delivery): void;
  /** A call begins for a message that the far side may have already. */
  repeat(delivery: Delivery): void;
  /** A record of the outbox is no message and goes to the dead letters. */
  unreadable(channel: string, why: string): void;
  /** Messages waiting or being sent, and the bytes that they take. */
  queue(channel: string, depth: number, bytes: number): void;
  /** The channel is now like this, which it was not before. */
  channel(name: string, state: ChannelState): void;
  /** A message's copy went to another channel. */
  fallback(channel: string, to: string): void;
}
