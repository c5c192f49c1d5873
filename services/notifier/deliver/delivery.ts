import type { Delivery, DeliveryOutcome } from '#shared/model/index.ts';
import type { SendOutcome } from '../channels/index.ts';
import type { Entry } from './entry.ts';

/**
 * What becomes of a message now, as it is told on `deliveries`.
 *
 * @param now milliseconds since the epoch
 * @param answer what the far side said, where it was called
 * @param durationMs of that call
 */
export function deliveryOf(
  entry: Entry,
  channel: string,
  outcome: DeliveryOutcome,
  now: number,
  answer?: SendOutcome,
  durationMs?: number,
): Delivery {
  return {
    messageId: entry.id,
    traceId: entry.traceId,
    channel,
    incidentId: entry.incidentId,
    revision: entry.revision,
    severity: entry.severity,
    outcome,
    attempt: entry.attempt,
    at: new Date(now).toISOString(),
    ...(answer?.code === undefined ? {} : { code: answer.code }),
    ...(answer?.kind === 'failed' ? { error: answer.error, cause: answer.cause } : {}),
    ...(answer?.kind === 'sent' && answer.platformMessageId !== undefined
      ? { platformMessageId: answer.platformMessageId }
      : {}),
    ...(durationMs === undefined ? {} : { response_time_ms: durationMs }),
    // Of a later word the incident's first line is no beginning.
    ...(outcome === 'sent' && entry.reason === 'opened'
      ? { latency_ms: Math.max(0, now - entry.arrivedAt) }
      : {}),
  };
}
