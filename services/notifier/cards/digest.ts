import type { MessageReason, Severity } from '#shared/model/index.ts';

/** One message that a digest tells of in place of its own card. */
export interface DigestEntry {
  readonly messageId: string;
  readonly incidentId: string;
  readonly severity: Severity;
  readonly reason: MessageReason;
  readonly state: 'open' | 'acknowledged' | 'resolved';
  readonly service: string;
  readonly title: string;
  readonly count: number;
  /** Incidents that share the card, besides its own. */
  readonly otherCount: number;
  /** ISO 8601. */
  readonly firstSeen: string;
}

/** A card that names many findings, because the channel cannot bear one for each. */
export interface Digest {
  readonly id: string;
  /** The most severe first. At most `mostInDigest`: each of them is named, however small the card must be. */
  readonly entries: readonly DigestEntry[];
  /** How many more wait for further digests. */
  readonly waiting: number;
}

/** So many rows fit the smallest card (20 KB) even where every one of them is hostile. */
export const mostInDigest = 100;
