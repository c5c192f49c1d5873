import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import pRetry from 'p-retry';
import { Counter, type Registry } from 'prom-client';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import {
  type ActionAnswer,
  type ActionDesk,
  type ActionRequest,
  performAction,
} from '#shared/interaction/index.ts';

/** What is said of an action in time: what became of it, that it is being done, or that it could not be. */
export type ClerkAnswer = ActionAnswer | { readonly kind: 'under-way' | 'failed' | 'busy' };

export interface ClerkOptions {
  readonly desk: ActionDesk;
  readonly registry: Registry;
}

/** A click that comes again within these is not done again; deterministic ids see to it beyond them. */
const rememberedEvents = 10_000;
/** So many wait for a bus that is away; who clicks then is told so. Each is some hundred bytes. */
const mostUnderWay = 500;
/** A bus that is away is tried for so long: a person has been told that it is being done. */
const tryForMs = 15 * 60 * 1000;
/** What is left to finish at a stop, of the 9 s that a service has. */
const settleMs = 5_000;

/** Carries out what people do, each event once, and goes on with it in the background where the bus takes its time. */
export class ActionClerk {
  readonly #desk: ActionDesk;
  readonly #answers = new LRUCache<string, Promise<ClerkAnswer>>({ max: rememberedEvents });
  readonly #underWay = new Set<Promise<ClerkAnswer>>();
  readonly #stopping = new AbortController();
  readonly #stopped: Promise<never>;
  readonly #count: Counter<'via' | 'action' | 'outcome'>;

  constructor({ desk, registry }: ClerkOptions) {
    this.#desk = desk;
    this.#stopped = new Promise((_, reject) => {
      const give = (): void => reject(new Error('logpatrol was stopped before the bus took it'));
      this.#stopping.signal.addEventListener('abort', give, { once: true });
    });
    // Nobody may be waiting for it.
    this.#stopped.catch(() => undefined);
    this.#count = new Counter({
      name: 'logpatrol_actions_total',
      help: 'What people wanted done about incidents, and what became of it.',
      labelNames: ['via', 'action', 'outcome'] as const,
      registers: [registry],
    });
  }

  /** Never rejects. @param withinMs so long the caller can wait; afterwards it is `under-way` */
  async act(request: ActionRequest, withinMs: number): Promise<ClerkAnswer> {
    const timer = new AbortController();
    const late = delay(withinMs, { kind: 'under-way' } as const, { signal: timer.signal });
    try {
      return await Promise.race([this.#once(request), late]);
    } finally {
      timer.abort();
      // It is not waited for any more.
      late.catch(() => undefined);
    }
  }

  /** Waits some seconds for what is under way; what is left then is given up, and the log says what it was. */
  async stop(): Promise<void> {
    if (this.#underWay.size === 0) return;
    const timer = new AbortController();
    const late = delay(settleMs, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#underWay), late]);
    timer.abort();
    this.#stopping.abort();
  }

  #once(request: ActionRequest): Promise<ClerkAnswer> {
    const key = request.eventId === undefined ? undefined : `${request.via}:${request.eventId}`;
    const known = key === undefined ? undefined : this.#answers.get(key);
    if (known !== undefined) return known;
    if (this.#underWay.size >= mostUnderWay) {
      this.#lost(request, 'busy', new Error(`${mostUnderWay} actions wait for the bus already`));
      return Promise.resolve({ kind: 'busy' });
    }
    const answer = this.#perform(request);
    this.#underWay.add(answer);
    void answer.then(({ kind }) => {
      this.#underWay.delete(answer);
      // What was not done may be another time.
      if (key !== undefined && kind !== 'done') this.#answers.delete(key);
    });
    if (key !== undefined) this.#answers.set(key, answer);
    return answer;
  }

  async #perform(request: ActionRequest): Promise<ClerkAnswer> {
    const { clock, logger } = this.#desk;
    const { signal } = this.#stopping;
    const asked = { ...request, at: request.at ?? clock() };
    try {
      const done = pRetry(() => performAction(this.#desk, asked), {
        ...{ retries: 1000, minTimeout: 500, maxTimeout: 10_000, factor: 2, randomize: true, signal },
        maxRetryTime: tryForMs,
        shouldRetry: ({ error }) => error instanceof LogpatrolError && error.action === 'retry',
        onFailedAttempt: ({ error }) =>
          logger.warn(`${request.action} by ${request.by.name} waits: ${messageOf(error)}`),
      });
      const answer = await Promise.race([done, this.#stopped]);
      this.#count.inc({ via: request.via, action: request.action, outcome: answer.kind });
      return answer;
    } catch (thrown) {
      this.#lost(asked, 'failed', thrown);
      return { kind: 'failed' };
    }
  }

  /** The audit log could not be written; so the log has all that it would have. */
  #lost(request: ActionRequest, outcome: 'busy' | 'failed', why: unknown): void {
    this.#count.inc({ via: request.via, action: request.action, outcome });
    this.#desk.logger.error(
      { err: why, action: request },
      `${request.action} by ${request.by.name} on ${request.incidentId} was NOT done: ${messageOf(why)}`,
    );
  }
}
