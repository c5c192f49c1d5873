import { Breaker } from './breaker.ts';
import type { Absent, Failed, ReasoningModel } from './model.ts';
import type { Without } from './note.ts';

/** A load that takes longer than this holds no finding back. */
const quickLoadMs = 3000;
/** A model that nobody asks is prepared anew so often: it stays loaded, and is missed before an incident needs it. */
const idleMs = 10 * 60_000;

/** What came of preparing the model; `busy`: another partition is at it. */
export type Prepared = { readonly kind: 'ready' } | { readonly kind: 'busy' } | Absent | Failed;

/**
 * Whether the model can be asked now: prepared at first, and again after it was away or idle; with a breaker for when it is not
 * there. One for all partitions. Moments are milliseconds since the epoch, passed in.
 */
export class Readiness {
  readonly #model: ReasoningModel;
  readonly #breaker = new Breaker();
  #state: 'cold' | 'loading' | 'ready' = 'cold';
  #loadingSince = 0;
  #isRefreshing = false;
  #usedAt = 0;
  /** It was a question that failed last, not a preparation: only an answer shows that questions are answered again. */
  #needsTrial = false;
  #mayTry = false;
  #isRefused = false;

  constructor(model: ReasoningModel) {
    this.#model = model;
  }

  /** Why no answer is to be expected soon; undefined where one is. */
  away(now: number): Without | undefined {
    const since = this.#breaker.openSince;
    if (since !== undefined) return this.#isRefused ? { kind: 'refused' } : { kind: 'away', since };
    const isSlow = this.#state === 'loading' && now - this.#loadingSince > quickLoadMs;
    return isSlow ? { kind: 'loading' } : undefined;
  }

  /** Whether a question may be asked now; after failures one, to see whether it works again. */
  mayAsk(now: number): boolean {
    if (this.#state !== 'ready') return false;
    if (this.#breaker.isOpen) {
      if (!this.#mayTry) return false;
      this.#mayTry = false;
    }
    this.#usedAt = now;
    return true;
  }

  /**
   * What prepares the model, where that is due now. What comes of it is for `prepared`; where it is aborted, or never begun,
   * it is due again.
   */
  preparation(now: number): ((signal: AbortSignal) => Promise<Prepared>) | undefined {
    if (this.#state === 'loading' || this.#isRefreshing || this.#mayTry) return undefined;
    const isIdle = this.#state === 'ready' && !this.#breaker.isOpen;
    if (isIdle && now - this.#usedAt < idleMs) return undefined;
    if (!this.#breaker.allows(now)) return undefined;
    return isIdle ? (signal) => this.#refresh(signal, now) : (signal) => this.#load(signal, now);
  }

  prepared(outcome: Prepared, now: number): void {
    switch (outcome.kind) {
      case 'busy':
        return;
      case 'absent':
      case 'failed':
        this.failed(outcome, now);
        this.#needsTrial = false;
        return;
      case 'ready':
        this.#usedAt = now;
        if (this.#needsTrial) this.#mayTry = this.#breaker.isOpen && this.#state === 'ready';
        else this.#succeeded();
    }
  }

  answered(now: number): void {
    this.#usedAt = now;
    this.#succeeded();
  }

  /** A question failed. */
  failed(outcome: Absent | Failed, now: number): void {
    const isRefused = outcome.kind === 'absent' && outcome.isPermanent === true;
    this.#breaker.failed(now, isRefused);
    this.#isRefused = isRefused;
    this.#needsTrial = true;
    this.#mayTry = false;
    // Whether it is gone is known soonest by looking again.
    if (outcome.kind === 'absent') this.#usedAt = Number.NEGATIVE_INFINITY;
    if (this.#breaker.isOpen && this.#state === 'ready') this.#state = 'cold';
  }

  #succeeded(): void {
    this.#breaker.succeeded();
    this.#isRefused = false;
    this.#needsTrial = false;
    this.#mayTry = false;
  }

  async #load(signal: AbortSignal, now: number): Promise<Prepared> {
    if (this.#state === 'loading') return { kind: 'busy' };
    this.#state = 'loading';
    this.#loadingSince = now;
    const outcome = await this.#model.prepare(signal);
    this.#state = outcome.kind === 'ready' ? 'ready' : 'cold';
    return outcome;
  }

  async #refresh(signal: AbortSignal, now: number): Promise<Prepared> {
    if (this.#isRefreshing) return { kind: 'busy' };
    this.#isRefreshing = true;
    this.#usedAt = now;
    const outcome = await this.#model.prepare(signal);
    this.#isRefreshing = false;
    return outcome;
  }
}
