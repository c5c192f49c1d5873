import type { Delivery, DeliveryOutcome } from '#shared/model/index.ts';
import type { SendOutcome, SentCard } from '../channels/index.ts';
import type { DigestInHand } from './digests.ts';
import type { Entry } from './entry.ts';

/** What the far side said, where it was called. */
export interface Heard {
  readonly outcome: SendOutcome;
  readonly durationMs: number;
  /** The card that was updated. */
  readonly card?: SentCard | undefined;
  /** The digest that names the message. */
  readonly digestId?: string | undefined;
}

function answerOf(heard: Heard | undefined): Partial<Delivery> {
  if (heard === undefined) return {};
  const { outcome, durationMs } = heard;
  return {
    ...(outcome.code === undefined ? {} : { code: outcome.code }),
    ...(outcome.kind === 'failed' ? { error: outcome.error, cause: outcome.cause } : {}),
    response_time_ms: durationMs,
  };
}

/** The id and age of the card that the group has now. */
function cardOf(heard: Heard | undefined, now: number): Partial<Delivery> {
  if (heard?.outcome.kind !== 'sent') return {};
  const { card } = heard;
  const platformMessageId = heard.outcome.platformMessageId ?? card?.platformMessageId;
  if (platformMessageId === undefined) return {};
  const isUpdated = card !== undefined && card.platformMessageId === platformMessageId;
  return { platformMessageId, cardSentAt: new Date(isUpdated ? card.sentAt : now).toISOString() };
}

/**
 * What becomes of a message now, as it is told on `deliveries`.
 *
 * @param now milliseconds since the epoch
 */
export function deliveryOf(
  entry: Entry,
  channel: string,
  outcome: DeliveryOutcome,
  now: number,
  heard?: Heard,
): Delivery {
  const isFirstTold = outcome === 'sent' || outcome === 'digested';
  return {
    messageId: entry.id,
    traceId: entry.traceId,
    channel,
    groupId: entry.groupId,
    incidentId: entry.incidentId,
    service: entry.service,
    revision: entry.revision,
    severity: entry.severity,
    outcome,
    attempt: entry.tries.attempt,
    at: new Date(now).toISOString(),
    ...(outcome === 'digested' ? {} : { ...answerOf(heard), ...cardOf(heard, now) }),
    ...(heard?.digestId === undefined ? {} : { digestId: heard.digestId }),
    ...(entry.fellBackTo === undefined ? {} : { fellBackTo: entry.fellBackTo }),
    // Of a later word the incident's first line is no beginning.
    ...(isFirstTold && entry.reason === 'opened' ? { latency_ms: Math.max(0, now - entry.arrivedAt) } : {}),
  };
}

/** What becomes of a digest; it stands under its own id, and for the most severe of what it names. */
export function digestDeliveryOf(
  digest: DigestInHand,
  channel: string,
  outcome: DeliveryOutcome,
  now: number,
  heard?: Heard,
): Delivery {
  const [first] = digest.members;
  if (first === undefined) throw new Error(`digest ${digest.id} names nothing`);
  return {
    messageId: digest.id,
    traceId: first.traceId,
    channel,
    incidentId: first.incidentId,
    service: first.service,
    revision: first.revision,
    severity: first.severity,
    outcome,
    attempt: digest.tries.attempt,
    at: new Date(now).toISOString(),
    ...answerOf(heard),
    digestId: digest.id,
  };
}
