import type { Conclusion } from '#shared/model/index.ts';
import { sampleTime } from '#test/samples/hit.ts';

/** What a model might have said, to be varied. */
export function sampleConclusion(changes: Partial<Conclusion> = {}): Conclusion {
  return {
    verdict: 'actionable',
    summary: 'The pool is exhausted.',
    cause: 'Connections leak.',
    proven: true,
    evidence: [{ id: 'line-1', text: 'FATAL: too many connections' }],
    actions: [],
    severity: 'warning',
    confidence: 0.8,
    model: 'qwen3:8b',
    answeredAt: new Date(sampleTime).toISOString(),
    shape: 'shape-1',
    durationMs: 1000,
    promptTokens: 500,
    outputTokens: 100,
    ...changes,
  };
}

/** The same as the model writes it. */
export const sampleAnswer = {
  evidence: ['L1'],
  cause: 'Connections leak.',
  verdict: 'actionable',
  severity: 'warning',
  confidence: 80,
  summary: 'The pool is exhausted.',
  actions: [],
} as const;
