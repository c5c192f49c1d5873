import type { Config } from '#shared/config/index.ts';
import type { FoundRunbook, Incident, PastFinding, Severity } from '#shared/model/index.ts';
import { createMasker } from '#shared/text/masking/index.ts';
import { conclude, type Outcome } from './conclude.ts';
import type { ContextSources, Neighbour } from './context.ts';
import type { ReasonMetrics } from './metrics.ts';
import type { ReasoningModel } from './model.ts';
import { overheard } from './overheard.ts';
import { openModel } from './providers/index.ts';
import { Readiness } from './readiness.ts';
import { Slots } from './slots.ts';
import { TokenEstimate } from './tokens.ts';

export interface ReasonerOptions {
  readonly config: Pick<Config, 'language' | 'masking' | 'ollama' | 'openai' | 'reasoning'>;
  readonly sources: ContextSources;
  readonly metrics: ReasonMetrics | undefined;
  /** Told what of the model's configuration a person should mend. */
  readonly warn: (message: string) => void;
}

/** What came of a question, and what was looked up for it. */
export interface Answered {
  readonly outcome: Outcome;
  readonly similar: readonly PastFinding[];
  readonly runbooks: readonly FoundRunbook[];
}

/** What all partitions share: one model, whether it can be asked, and how many calls of it may run at once. */
export interface Reasoner {
  readonly model: ReasoningModel;
  readonly readiness: Readiness;
  readonly slots: Slots;
  readonly holdMs: Readonly<Record<Severity, number>>;
  /** Gathers what is known of the incident, and asks the model. Never rejects. */
  ask(
    incident: Incident,
    beside: { readonly shape: string; readonly neighbours: readonly Neighbour[] },
    now: number,
    signal: AbortSignal,
  ): Promise<Answered>;
}

/** Undefined where no model is configured. */
export function openReasoner({ config, sources, metrics, warn }: ReasonerOptions): Reasoner | undefined {
  const { language, masking, reasoning } = config;
  const opened = openModel(config, warn);
  if (opened === undefined) return undefined;
  const model =
    metrics === undefined
      ? opened
      : overheard(opened, (_, reply) => {
          if (reply.kind === 'cut') metrics.cut();
        });
  const tokens = new TokenEstimate();
  const { critical, warning, info } = reasoning.holdSeconds;
  return {
    model,
    readiness: new Readiness(model),
    slots: new Slots(reasoning.concurrency),
    holdMs: { critical: critical * 1000, warning: warning * 1000, info: info * 1000 },
    async ask(incident, { shape, neighbours }, now, signal) {
      const started = performance.now();
      const context = await sources.gather(incident, signal);
      const masker = createMasker(masking);
      const outcome = await conclude(
        incident,
        { model, language, context, neighbours, tokens, shape, masker, now },
        signal,
      );
      // One that was given up says nothing of the model.
      if (!signal.aborted || outcome.kind !== 'failed') metrics?.asked(outcome, performance.now() - started);
      return { outcome, similar: context.similar, runbooks: context.runbooks };
    },
  };
}
