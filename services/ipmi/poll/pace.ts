/** How long a BMC's polls take, by its own history: smoothed mean and deviation, in milliseconds. */
export interface Pace {
  readonly meanMs: number;
  readonly deviationMs: number;
}

/** RFC 6298, section 2: the gains of the mean and of the deviation, and how many deviations are waited for. */
const meanGain = 1 / 8;
const deviationGain = 1 / 4;
const deviations = 4;

/**
 * The least that is waited beyond the mean, G in RFC 6298: room for lost packets, which ipmitool sends again after a second or
 * two, and for some records in the event log.
 */
const slackMs = 5000;

/** The pace after one more poll that was answered. */
export function paceAfter(pace: Pace | undefined, tookMs: number): Pace {
  if (pace === undefined) return { meanMs: tookMs, deviationMs: tookMs / 2 };
  const error = Math.abs(tookMs - pace.meanMs);
  return {
    meanMs: pace.meanMs + meanGain * (tookMs - pace.meanMs),
    deviationMs: pace.deviationMs + deviationGain * (error - pace.deviationMs),
  };
}

/**
 * How long a poll is waited for: the retransmission time-out of RFC 6298, mean + max(slack, 4 deviations), doubled by each failure
 * since the last answer. The whole time where nothing is known yet, and for the poll after which the BMC would be told to be
 * unreachable: it may have become slow, not dead.
 *
 * @param failures polls in a row that failed, before this one
 * @param wholeMs the longest that a poll may take
 */
export function timeoutFor(
  pace: Pace | undefined,
  { failures, maxRetries, wholeMs }: { failures: number; maxRetries: number; wholeMs: number },
): number {
  if (pace === undefined || failures >= maxRetries) return wholeMs;
  const expected = pace.meanMs + Math.max(slackMs, deviations * pace.deviationMs);
  return Math.min(wholeMs, Math.round(expected * 2 ** failures));
}
