import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type Finding, type Severity, severities } from '#shared/model/index.ts';
import type { Outcome } from './conclude.ts';

/** Questions that wait, of one severity. */
export interface WaitingQuestions {
  readonly count: number;
  /** How long the oldest has waited, in milliseconds. */
  readonly oldestMs: number;
}

/** What reasoning shows on `/metrics`. */
export interface ReasonMetrics {
  asked(outcome: Outcome, durationMs: number): void;
  told(finding: Finding): void;
  waiting(
    partition: number,
    queue: {
      readonly incidents: number;
      readonly bytes: number;
      readonly questions: Readonly<Record<Severity, WaitingQuestions>>;
    },
  ): void;
  /** An answer reached its limit and was not whole. */
  cut(): void;
  /** A conclusion was taken over instead of asking. */
  takenOver(): void;
  preempted(): void;
  /** Whether the model is away or still loading. */
  away(isAway: boolean): void;
}

export function reasonMetrics(registry: Registry): ReasonMetrics {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const calls = new Counter({
    name: 'logpatrol_model_calls_total',
    help: 'Incidents that the model was asked about, by outcome.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const duration = new Histogram({
    name: 'logpatrol_model_seconds',
    help: 'Time from asking about an incident to the outcome, retries included.',
    labelNames: ['outcome'] as const,
    buckets: [0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600],
    registers,
  });
  const tokens = new Counter({
    name: 'logpatrol_model_tokens_total',
    help: 'Tokens of prompts and of answers.',
    labelNames: ['direction'] as const,
    registers,
  });
  const cutAnswers = counter(
    'logpatrol_model_cut_answers_total',
    'Answers that reached their limit and were asked for once more, shorter.',
  );
  const preemptions = counter(
    'logpatrol_model_preempted_total',
    'Questions that were put off for a critical one.',
  );
  const cacheHits = counter(
    'logpatrol_verdict_cache_hits_total',
    'Conclusions that were taken over from the same failure in the same shape.',
  );
  const isAway = new Gauge({
    name: 'logpatrol_model_away',
    help: '1 while the model does not answer, refuses or is still loading, else 0.',
    registers,
  });
  const findings = new Counter({
    name: 'logpatrol_findings_total',
    help: 'Revisions of findings, by severity and by how far reasoning got.',
    labelNames: ['severity', 'reasoning'] as const,
    registers,
  });
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['partition'] as const, registers });
  const queued = gauge(
    'logpatrol_reason_waiting_incidents',
    'Incidents with a finding to be told or a question to be asked.',
  );
  const queuedBytes = gauge(
    'logpatrol_reason_waiting_bytes',
    'Estimated bytes of those incidents in memory.',
  );
  const bySeverity = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['partition', 'severity'] as const, registers });
  const questions = bySeverity(
    'logpatrol_reason_waiting_questions',
    'Questions that wait for the model, by severity.',
  );
  const oldest = bySeverity(
    'logpatrol_reason_oldest_question_seconds',
    'How long the oldest question has waited for the model, by severity.',
  );
  return {
    asked(outcome, durationMs) {
      calls.inc({ outcome: outcome.kind });
      duration.observe({ outcome: outcome.kind }, durationMs / 1000);
      if (outcome.kind !== 'concluded') return;
      tokens.inc({ direction: 'in' }, outcome.conclusion.promptTokens);
      tokens.inc({ direction: 'out' }, outcome.conclusion.outputTokens);
    },
    told(finding) {
      findings.inc({ severity: finding.severity, reasoning: finding.reasoning });
    },
    waiting(partition, queue) {
      queued.set({ partition }, queue.incidents);
      queuedBytes.set({ partition }, queue.bytes);
      for (const severity of severities) {
        const { count, oldestMs } = queue.questions[severity];
        questions.set({ partition, severity }, count);
        oldest.set({ partition, severity }, oldestMs / 1000);
      }
    },
    cut: () => cutAnswers.inc(),
    takenOver: () => cacheHits.inc(),
    preempted: () => preemptions.inc(),
    away: (away) => isAway.set(away ? 1 : 0),
  };
}
