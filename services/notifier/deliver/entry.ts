import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { BusRecord } from '#shared/bus/port.ts';
import { messageOf } from '#shared/errors/index.ts';
import { type HeldBack, isDrill, Message, type MessageReason, type Severity } from '#shared/model/index.ts';
import { type Past, type Tries, triesAfter } from './tries.ts';

/** One message of the outbox within the look-ahead: unrendered, and of the parsed message only what deciding takes. */
export interface Entry {
  readonly offset: number;
  readonly id: string;
  readonly traceId: string;
  /** Whose card it is: the messages of a group are sent in order. */
  readonly groupId: string;
  readonly incidentId: string;
  readonly service: string;
  readonly revision: number;
  readonly severity: Severity;
  /** It goes by itself, and no digest counts it. */
  readonly isDrill: boolean;
  /** When the incident's first line arrived, in milliseconds since the epoch. */
  readonly arrivedAt: number;
  /** How many rows a digest needs to name all of it. */
  readonly rows: number;
  /** The record as it was read, but for its value, which is deflated; let go once the message is superseded. */
  packed: BusRecord | undefined;
  /** In which form it goes: its own reason, or that of an unsent message that it supersedes. */
  reason: MessageReason;
  /** What it tells of cards that were held back, and what messages that it supersedes would have told. */
  heldBack: HeldBack | undefined;
  readonly tries: Tries;
  /** Channels that take it, in this order, where this one does not. */
  readonly fallback: readonly string[];
  /** The channel that was given a copy of it. */
  fellBackTo: string | undefined;
  /** A digest that named it was refused: it goes by itself. */
  alone: boolean;
  /** Superseded messages that wait for this one, or a later one, to be done with: until then a successor must read them again. */
  holds: Entry[];
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

/** The record as it was read; `undefined` where the message is superseded. */
export function recordOf({ packed }: Entry): BusRecord | undefined {
  return packed && { ...packed, value: packed.value && inflateRawSync(packed.value) };
}

/** The message of an entry that is not superseded, as it is to be told. */
export function messageIn(entry: Entry): Message {
  const message = parseMessage(recordOf(entry)?.value ?? null);
  if (typeof message === 'string') throw new Error(`a message that was read is lost: ${message}`);
  return { ...message, reason: entry.reason, ...(entry.heldBack && { heldBack: entry.heldBack }) };
}

/** A copy that does not hold on to the memory that it came in. */
function ownCopy(buffer: Buffer | null): Buffer | null {
  if (buffer === null) return null;
  const copy = Buffer.allocUnsafeSlow(buffer.length);
  buffer.copy(copy);
  return copy;
}

/** In a third of the space or less, for some 30 µs: in a storm ten thousand messages wait. */
function pack(record: BusRecord): BusRecord {
  const value = record.value && deflateRawSync(record.value, { level: 1 });
  return { ...record, key: ownCopy(record.key), value: ownCopy(value) };
}

export function entryOf(record: BusRecord, message: Message, past: Past | undefined): Entry {
  return {
    offset: record.offset,
    id: message.id,
    traceId: message.traceId,
    groupId: message.groupId,
    incidentId: message.finding.id,
    service: message.finding.service,
    revision: message.finding.revision,
    severity: message.finding.severity,
    isDrill: isDrill(message.finding),
    arrivedAt: Date.parse(message.finding.arrivedAt),
    rows: 1 + (message.others?.length ?? 0),
    packed: pack(record),
    reason: message.reason,
    heldBack: message.heldBack,
    tries: triesAfter(past),
    fallback: message.fallback ?? [],
    fellBackTo: past?.fellBackTo,
    alone: false,
    holds: [],
  };
}

/** How much a note says that a later one does not: the weightier of two that nobody has seen stays. */
const weights: Partial<Record<MessageReason, number>> = {
  concluded: 1,
  affected: 1,
  flapping: 1,
  handled: 2,
  joined: 3,
  escalated: 4,
  unacknowledged: 5,
};
const isFull = (reason: MessageReason): boolean =>
  reason === 'opened' || reason === 'reopened' || reason === 'fallback';

/**
 * Puts into a newer message what an older one that was never seen would have said: its form, for where nobody has seen the full card
 * yet the newer one becomes it, and else the weightier of two notes stays (but what is over or muted is told as such); and
 * what it would have told of cards held back.
 */
export function inherit(newer: Entry, older: Entry): void {
  const ofOlder = weights[older.reason];
  const ofNewer = weights[newer.reason];
  const isWeightier = ofOlder !== undefined && ofNewer !== undefined && ofOlder > ofNewer;
  if (isFull(older.reason) || isWeightier) newer.reason = older.reason;
  if (older.heldBack === undefined) return;
  const count = older.heldBack.count + (newer.heldBack?.count ?? 0);
  newer.heldBack = { count, since: older.heldBack.since };
}
