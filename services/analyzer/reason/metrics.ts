import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Finding } from '#shared/model/index.ts';
import type { Outcome } from './conclude.ts';

/** What reasoning shows on `/metrics`. */
export interface ReasonMetrics {
  asked(outcome: Outcome, durationMs: number): void;
  told(finding: Finding): void;
  waiting(partition: number, incidents: number, bytes: number): void;
}

export function reasonMetrics(registry: Registry): ReasonMetrics {
  const registers = [registry];
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
  const findings = new Counter({
    name: 'logpatrol_findings_total',
    help: 'Revisions of findings, by severity and by how far reasoning got.',
    labelNames: ['severity', 'reasoning'] as const,
    registers,
  });
  const queued = new Gauge({
    name: 'logpatrol_reason_waiting_incidents',
    help: 'Incidents with a finding to be told or a question to be asked.',
    labelNames: ['partition'] as const,
    registers,
  });
  const queuedBytes = new Gauge({
    name: 'logpatrol_reason_waiting_bytes',
    help: 'Estimated bytes of those incidents in memory.',
    labelNames: ['partition'] as const,
    registers,
  });
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
    waiting(partition, incidents, bytes) {
      queued.set({ partition }, incidents);
      queuedBytes.set({ partition }, bytes);
    },
  };
}
