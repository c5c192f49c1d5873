import type { BusRecord } from '#shared/bus/port.ts';
import { messageOf } from '#shared/errors/index.ts';
import {
  type DeliveryOutcome,
  type HeldBack,
  Message,
  type MessageReason,
  type Severity,
} from '#shared/model/index.ts';

/** One message of the outbox within the look-ahead: unrendered, and of the parsed message only what deciding takes. */
export interface Entry {
  readonly offset: number;
  readonly id: string;
  readonly traceId: string;
  readonly incidentId: string;
  readonly revision: number;
  readonly severity: Severity;
  /** When the incident's first line arrived, in milliseconds since the epoch. */
  readonly arrivedAt: number;
  /** The record as it was read; let go once the message is superseded. */
  record: BusRecord | undefined;
  /** In which form it goes: its own reason, or that of an unsent message that it supersedes. */
  reason: MessageReason;
  /** What it tells of cards that were held back, and what messages that it supersedes would have told. */
  heldBack: HeldBack | undefined;
  /** Calls made so far, a former owner's included. */
  attempt: number;
  unknownFailures: number;
  /** Retryable failures while other messages got through: the fault is then the message's. */
  ownFailures: number;
  /** How many messages had got through at the last failure. */
  sentBefore: number;
  notBefore: number;
  /** True where the far side may have it already: the next call can be a repeat. */
  uncertain: boolean;
  /** Superseded messages that wait for this one, or a later one, to be done with: until then a successor must read them again. */
  holds: Entry[];
}

/** What a former owner left behind about a message. */
export interface Past {
  readonly messageId: string;
  readonly outcome: DeliveryOutcome;
  readonly attempt: number;
  readonly notBefore: number;
  readonly unknownFailures: number;
}

/** The message in a record's value, or why it is none. */
export function parseMessage(value: Buffer | null): Message | string {
  try {
    const parsed = Message.safeParse(JSON.parse(value?.toString('utf8') ?? 'null'));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    return `not a Message: ${issue?.path.join('.')}: ${issue?.message}`;
  } catch (thrown) {
    return `not JSON: ${messageOf(thrown)}`;
  }
}

/** A copy that does not hold on to the batch that it came in. */
function ownCopy(buffer: Buffer | null): Buffer | null {
  if (buffer === null) return null;
  const copy = Buffer.allocUnsafeSlow(buffer.length);
  buffer.copy(copy);
  return copy;
}

export function entryOf(record: BusRecord, message: Message, past: Past | undefined): Entry {
  return {
    offset: record.offset,
    id: message.id,
    traceId: message.traceId,
    incidentId: message.finding.id,
    revision: message.finding.revision,
    severity: message.finding.severity,
    arrivedAt: Date.parse(message.finding.arrivedAt),
    record: { ...record, key: ownCopy(record.key), value: ownCopy(record.value) },
    reason: message.reason,
    heldBack: message.heldBack,
    attempt: past?.attempt ?? 0,
    unknownFailures: past?.unknownFailures ?? 0,
    ownFailures: 0,
    sentBefore: 0,
    notBefore: past?.notBefore ?? 0,
    uncertain: past?.outcome === 'sending',
    holds: [],
  };
}

const isFull = (reason: MessageReason): boolean => reason === 'opened' || reason === 'reopened';

/** Notes that say less than that the severity rose. */
const lesser: ReadonlySet<MessageReason> = new Set(['concluded', 'affected', 'flapping']);

/**
 * Puts into a newer message what an older one that was never seen would have said: its form, for where nobody has seen the full card
 * yet the newer one becomes it, and else the weightier of two notes stays; and what it would have told of cards held back.
 */
export function inherit(newer: Entry, older: Entry): void {
  const isWeightier = older.reason === 'escalated' && lesser.has(newer.reason);
  if (isFull(older.reason) || isWeightier) newer.reason = older.reason;
  if (older.heldBack === undefined) return;
  const count = older.heldBack.count + (newer.heldBack?.count ?? 0);
  newer.heldBack = { count, since: older.heldBack.since };
}
