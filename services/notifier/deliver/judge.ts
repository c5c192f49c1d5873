import type { SendOutcome } from '../channels/index.ts';
import { backoffMs } from './backoff.ts';
import { type FarSide, isThrottled } from './far-side.ts';
import type { Tries } from './tries.ts';

/** A reply that nobody understands is worth so many calls in all. */
const unknownTries = 3;
/** A message that fails so often while others get through fails on its own account. */
const ownTries = 20;

/**
 * What a failure means for what was sent: `again` (its tries say when), or `hopeless`. Notes in `tries` what is to be remembered.
 *
 * @param isCardGone whether the card that was to be updated is there no more: a new one is sent
 * @param random in [0, 1)
 */
export function judgeFailure(
  tries: Tries,
  outcome: Extract<SendOutcome, { kind: 'failed' }>,
  farSide: FarSide,
  isCardGone: boolean,
  now: number,
  random: number,
): 'again' | 'hopeless' {
  // What may have been taken once may have been taken, whatever is said of a later call.
  if (outcome.uncertain === true) tries.uncertainSince ??= tries.calledAt;
  if (outcome.isCardRefused === true && !tries.plain) {
    tries.plain = true;
    tries.notBefore = 0;
    return 'again';
  }
  if (isCardGone) {
    tries.notBefore = 0;
    return 'again';
  }
  switch (outcome.cause) {
    case 'permanent':
      return 'hopeless';
    case 'unknown':
      tries.unknownFailures++;
      if (tries.unknownFailures >= unknownTries) return 'hopeless';
      break;
    case 'retryable':
      if (isThrottled(outcome)) break;
      if (farSide.sent > tries.sentBefore) tries.ownFailures++;
      tries.sentBefore = farSide.sent;
      if (tries.ownFailures >= ownTries) return 'hopeless';
      break;
  }
  tries.notBefore = now + backoffMs(tries.attempt, outcome.retryAfterMs ?? 0, random);
  return 'again';
}
