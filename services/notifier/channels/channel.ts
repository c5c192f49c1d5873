import type { FailureCause, Message } from '#shared/model/index.ts';
import type { Language } from '../cards/index.ts';

/** What became of one call to the far side. */
export type SendOutcome =
  /** The far side's own words say that it has the card. */
  | { readonly kind: 'sent'; readonly code?: string; readonly platformMessageId?: string }
  | {
      readonly kind: 'failed';
      readonly cause: FailureCause;
      readonly code?: string;
      /** One line for the operator; no secrets. */
      readonly error: string;
      /** How long the far side wants to be left alone, in milliseconds. */
      readonly retryAfterMs?: number;
      /** True where the far side may have taken the card all the same: the next call can repeat it. */
      readonly uncertain?: boolean;
    };

/** What a channel bears. */
export interface ChannelLimits {
  /** Calls that may begin within any second and any minute. */
  readonly perSecond: number;
  readonly perMinute: number;
  /** Calls under way at once. */
  readonly inFlight: number;
}

export interface SendContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Ends the call: its answer is no longer wanted. */
  readonly signal: AbortSignal;
  readonly language: Language;
}

/** One place that cards go to. */
export interface Channel {
  readonly limits: ChannelLimits;
  /**
   * Renders and sends one message, in one call. Never rejects. `message.reason` says which form the card has: `opened` and
   * `reopened` a full card, the others a short note.
   */
  send(message: Message, context: SendContext): Promise<SendOutcome>;
}
