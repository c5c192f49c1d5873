import type { Delivery } from '#shared/model/index.ts';

/** Told of what deliver does, for metrics and the operator's log. Must not throw. */
export interface DeliverObserver {
  delivery(delivery: Delivery): void;
  /** A call begins for a message that the far side may have already. */
  repeat(delivery: Delivery): void;
  /** A record of the outbox is no message and goes to the dead letters. */
  unreadable(channel: string, why: string): void;
  /** Messages waiting or being sent, and the bytes that they take. */
  queue(channel: string, depth: number, bytes: number): void;
}
