import { hash } from 'node:crypto';
import type { Delivery } from '#shared/model/index.ts';

/** The id under which one outcome of one attempt is kept, so that the same one written twice is kept once. */
export function deliveryId(delivery: Delivery): string {
  return hash(
    'sha256',
    JSON.stringify([delivery.messageId, delivery.attempt, delivery.outcome]),
    'base64url',
  ).slice(0, 27);
}
