import type { DeliveryOutcome } from '#shared/model/index.ts';

/** How often a card or a digest was tried, and what came of it. */
export interface Tries {
  /** Calls made so far, a former owner's included. */
  attempt: number;
  unknownFailures: number;
  /** Retryable failures while other messages got through: the fault is then the message's. */
  ownFailures: number;
  /** How many messages had got through at the last failure. */
  sentBefore: number;
  /** Milliseconds since the epoch; 0: no wait. */
  notBefore: number;
  /** When it was first tried, where the far side may have it already: the next call can be a repeat. */
  uncertainSince: number | undefined;
  /** When the last call began. */
  calledAt: number;
  /** What the last call took of the channel's budget. */
  calls: number;
  /** The far side has refused it as it was. */
  plain: boolean;
}

/** What a former owner left behind about a message or a digest. */
export interface Past {
  readonly messageId: string;
  readonly outcome: DeliveryOutcome;
  readonly attempt: number;
  readonly notBefore: number;
  readonly unknownFailures: number;
  readonly uncertainSince: number | undefined;
  readonly plain: boolean;
  /** The channel that was given a copy of it. */
  readonly fellBackTo: string | undefined;
}

export function triesAfter(past: Past | undefined): Tries {
  return {
    attempt: past?.attempt ?? 0,
    unknownFailures: past?.unknownFailures ?? 0,
    ownFailures: 0,
    sentBefore: 0,
    notBefore: past?.notBefore ?? 0,
    uncertainSince: past?.uncertainSince,
    calledAt: 0,
    calls: 1,
    plain: past?.plain ?? false,
  };
}
