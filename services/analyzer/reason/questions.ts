import type { Logger } from 'pino';
import type { Effect } from '#shared/bus/port.ts';
import { messageOf } from '#shared/errors/index.ts';
import type { Beside } from './beside.ts';
import type { Circumstances } from './case.ts';
import type { Desk, Question } from './desk.ts';
import type { ReasonMetrics } from './metrics.ts';
import type { Prepared } from './readiness.ts';
import type { Answered, Reasoner } from './reasoner.ts';
import type { Slot } from './slots.ts';

/** What came of a side effect of the stage. */
export type ReasonOutcome =
  /** About the incident as it was at a material revision. */
  | ({ readonly kind: 'asked'; readonly incidentId: string; readonly materialRevision: number } & Answered)
  /** The question had to make way for a more severe one. */
  | { readonly kind: 'preempted'; readonly incidentId: string }
  | { readonly kind: 'prepared'; readonly prepared: Prepared };

export interface QuestionsOptions {
  readonly partition: number;
  readonly desk: Desk;
  readonly beside: Beside;
  readonly reasoner: Reasoner;
  readonly metrics: ReasonMetrics | undefined;
  readonly logger: Logger | undefined;
}

/** What one partition asks the model, as side effects, and what becomes of the answers. */
export class Questions {
  readonly #options: QuestionsOptions;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** Has the model made ready where that is due. At a stop it is not waited for. */
  prepare(now: number, stopping: AbortSignal): Effect<ReasonOutcome>[] {
    const prepare = this.#options.reasoner.readiness.preparation(now);
    if (prepare === undefined) return [];
    return [
      async (signal) => ({
        kind: 'prepared',
        prepared: await prepare(AbortSignal.any([signal, stopping])),
      }),
    ];
  }

  /** Asks as much as there is room for, and takes over what was said before. */
  ask(at: Circumstances): Effect<ReasonOutcome>[] {
    const { partition, desk, beside, reasoner, metrics } = this.#options;
    const { slots, readiness } = reasoner;
    const effects: Effect<ReasonOutcome>[] = [];
    for (;;) {
      const next = desk.next();
      const want = next && { severity: next.severity, since: next.since };
      slots.want(partition, want, at.now);
      if (next === undefined) break;
      // Meanwhile the same may have been answered, or the model's digest become known.
      const known = beside.recall(next.incident, at.now);
      if (known !== undefined) {
        next.start();
        const { materialRevision } = next.incident;
        desk.settle(next.id, (one) => one.conclude(known, materialRevision, at));
        continue;
      }
      const slot = slots.take(partition, !next.wasPreempted, at.now);
      if (slot === undefined) {
        // One that tries whether questions are answered again is not put off: until it has, none can be asked.
        if (readiness.away(at.now) === undefined && slots.preemptFor(next.severity)) metrics?.preempted();
        break;
      }
      if (!readiness.mayAsk(at.now)) {
        slot.release();
        break;
      }
      next.start();
      effects.push(this.#question(next, slot, at.now));
    }
    return effects;
  }

  #question({ id: incidentId, incident }: Question, slot: Slot, now: number): Effect<ReasonOutcome> {
    const { beside, reasoner } = this.#options;
    const { materialRevision } = incident;
    const neighbours = beside.neighboursOf(incident);
    const shape = beside.shapeOf(incident);
    return async (signal) => {
      slot.begin();
      try {
        const until = AbortSignal.any([signal, slot.preempted]);
        const answered = await reasoner.ask(incident, { shape, neighbours }, now, until);
        if (slot.preempted.aborted && answered.outcome.kind === 'failed')
          return { kind: 'preempted', incidentId };
        return { kind: 'asked', incidentId, materialRevision, ...answered };
      } catch (error) {
        // A defect of ours that this incident's texts bring out must not stop all others: it is told on rules alone.
        const outcome = { kind: 'failed', reason: `cannot be asked: ${messageOf(error)}` } as const;
        return { kind: 'asked', incidentId, materialRevision, outcome, similar: [], runbooks: [] };
      } finally {
        slot.release();
      }
    };
  }

  /** Takes in what came of a side effect. */
  settle(done: ReasonOutcome, at: Circumstances): void {
    const { desk, beside, reasoner, logger } = this.#options;
    const { readiness } = reasoner;
    switch (done.kind) {
      case 'prepared': {
        const { prepared } = done;
        if (prepared.kind === 'absent' || prepared.kind === 'failed')
          logger?.warn(`model: ${prepared.reason}`);
        readiness.prepared(prepared, at.now);
        return;
      }
      case 'preempted':
        desk.settle(done.incidentId, (one) => one.putOff(at));
        return;
      case 'asked': {
        const { incidentId, outcome, materialRevision } = done;
        if (outcome.kind === 'absent' || outcome.kind === 'failed') readiness.failed(outcome, at.now);
        else readiness.answered(at.now);
        if (outcome.kind !== 'concluded')
          logger?.warn({ incident: incidentId, outcome: outcome.kind }, `model: ${outcome.reason}`);
        const away = readiness.away(at.now);
        desk.settle(incidentId, (one) => {
          one.find(done);
          if (outcome.kind !== 'concluded') {
            one.fail(outcome.kind, materialRevision, { ...at, away });
            return;
          }
          if (one.incident) beside.remember(one.incident, outcome.conclusion, at.now);
          one.conclude(outcome.conclusion, materialRevision, { ...at, away });
        });
      }
    }
  }
}
