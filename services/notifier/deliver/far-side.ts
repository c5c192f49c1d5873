import type { SendOutcome } from '../channels/index.ts';
import { backoffMs } from './backoff.ts';
import type { ChannelState } from './observer.ts';

type Failed = Extract<SendOutcome, { kind: 'failed' }>;

/** True where the far side is there and only wants to be called less often. */
export function isThrottled({ cause, retryAfterMs, uncertain }: Failed): boolean {
  return cause === 'retryable' && retryAfterMs !== undefined && uncertain !== true;
}

/** How the far side has been of late: whether it takes cards, and until when it is left alone. */
export class FarSide {
  readonly #downAfterMs: number;
  /** Retryable failures in a row, throttling included. */
  failures = 0;
  /** It is left alone until then; milliseconds since the epoch. */
  notBefore = 0;
  /** Messages that got through. */
  sent = 0;
  /** Whether it took the last one. */
  isTaking = false;
  #failingSince: number | undefined;
  #error = '';

  /** @param downAfterMs failing for so long, it is down */
  constructor(downAfterMs: number) {
    this.#downAfterMs = downAfterMs;
  }

  /** How it is now. A throttled one is not down: it answers. */
  state(now: number): ChannelState {
    if (this.failures === 0) return { kind: 'well' };
    const since = this.#failingSince;
    if (since === undefined) return { kind: 'throttled' };
    return { kind: now - since < this.#downAfterMs ? 'failing' : 'down', since, error: this.#error };
  }

  tookOne(): void {
    this.failures = 0;
    this.notBefore = 0;
    this.sent++;
    this.isTaking = true;
    this.#failingSince = undefined;
  }

  /** @param random in [0, 1) */
  failed(outcome: Failed, now: number, random: number): void {
    this.isTaking = false;
    // Nobody knows what an unknown answer says of the far side.
    if (outcome.cause === 'unknown') return;
    if (outcome.cause === 'permanent') {
      // It answers: what is wrong is the card, or what we are to it.
      this.failures = 0;
      this.#failingSince = undefined;
      return;
    }
    this.failures++;
    this.notBefore = now + backoffMs(this.failures, outcome.retryAfterMs ?? 0, random);
    this.#error = outcome.error;
    if (isThrottled(outcome)) this.#failingSince = undefined;
    else this.#failingSince ??= now;
  }
}
