import type { Conclusion, Incident } from '#shared/model/index.ts';
import { answerSchema, readAnswer } from './answer.ts';
import type { Language } from './language.ts';
import type { ReasoningModel } from './model.ts';
import { buildPrompt } from './prompt.ts';

export interface ConcludeOptions {
  readonly model: ReasoningModel;
  readonly language: Language;
  /** The runbook that the incident's rule names. */
  readonly runbook: (name: string) => Promise<string | undefined>;
}

/** What came of asking the model about an incident. */
export type Outcome =
  | { readonly kind: 'concluded'; readonly conclusion: Conclusion }
  /** There is no model to ask at the moment. */
  | { readonly kind: 'absent'; readonly reason: string }
  /** This call failed; another may succeed. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** The model answers, but not usably; asking the same again is no use. */
  | { readonly kind: 'unusable'; readonly reason: string };

/** Tokens for the answer; its schema fits in far less, but a tokenizer may spell rare characters byte by byte. */
const maxOutputTokens = 2048;

/**
 * Asks the model what an incident is about. A prompt that proves too long, or an answer that is cut by its limit, is tried
 * once more with half the prompt and a shorter answer. Never rejects.
 */
export async function conclude(
  incident: Incident,
  { model, language, runbook }: ConcludeOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  const started = performance.now();
  const text = incident.runbook === undefined ? undefined : await runbook(incident.runbook);
  const output = Math.min(maxOutputTokens, Math.floor(model.contextTokens / 3));
  const budget = model.contextTokens - output;
  let problem = '';
  for (const brief of [false, true]) {
    const { system, prompt, labels } = buildPrompt(incident, {
      language,
      runbook: text,
      brief,
      budgetTokens: brief ? Math.floor(budget / 2) : budget,
    });
    const schema = answerSchema([...labels.keys()], brief);
    const reply = await model.complete({ system, prompt, schema, maxOutputTokens: output }, signal);
    switch (reply.kind) {
      case 'absent':
      case 'failed':
        return reply;
      case 'cut':
        problem = 'the answer was cut by its length, twice';
        continue;
      case 'too-long':
        problem = 'the prompt does not fit the context window, even halved';
        continue;
      case 'text': {
        const read = readAnswer(reply.text, labels, language);
        if (!read.ok) return { kind: 'unusable', reason: read.reason };
        const { model: name, promptTokens, outputTokens } = reply;
        const durationMs = Math.round(performance.now() - started);
        return {
          kind: 'concluded',
          conclusion: { ...read.said, model: name, durationMs, promptTokens, outputTokens },
        };
      }
    }
  }
  return { kind: 'unusable', reason: problem };
}
