import type { Conclusion, Incident } from '#shared/model/index.ts';
import { readAnswer } from './answer.ts';
import { answerSchema } from './answer-schema.ts';
import type { Gathered, Neighbour } from './context.ts';
import type { Masker } from './given.ts';
import type { Language } from './language.ts';
import type { ReasoningModel } from './model.ts';
import { buildPrompt } from './prompt.ts';
import type { TokenEstimate } from './tokens.ts';

export interface ConcludeOptions {
  readonly model: ReasoningModel;
  readonly language: Language;
  /** What is known beside the incident itself. */
  readonly context: Gathered;
  readonly neighbours: readonly Neighbour[];
  /** Of this model: it learns from each call. */
  readonly tokens: TokenEstimate;
  /** Shape of what is asked about; stands on the conclusion. */
  readonly shape: string;
  /** One of this question alone. */
  readonly masker: Masker;
  /** When it is asked, in milliseconds since the epoch. */
  readonly now: number;
}

/** What came of asking the model about an incident. */
export type Outcome =
  | { readonly kind: 'concluded'; readonly conclusion: Conclusion }
  /** There is no model to ask at the moment. */
  | { readonly kind: 'absent'; readonly reason: string; readonly isPermanent?: true }
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
  { model, language, context, neighbours, tokens, shape, masker, now }: ConcludeOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  const started = performance.now();
  const output = Math.min(maxOutputTokens, Math.floor(model.contextTokens / 3));
  const room = model.contextTokens - output;
  let problem = '';
  let promptTokens = 0;
  let outputTokens = 0;
  for (const brief of [false, true]) {
    const { system, prompt, given } = buildPrompt(incident, {
      ...{ language, context, neighbours, tokens, masker, brief },
      budgetTokens: brief ? Math.floor(room / 2) : room,
    });
    const schema = answerSchema(
      { lines: [...given.lines.keys()], runbooks: [...given.runbooks.keys()] },
      brief,
    );
    const reply = await model.complete({ system, prompt, schema, maxOutputTokens: output }, signal);
    if (reply.kind === 'absent' || reply.kind === 'failed') return reply;
    if (reply.kind === 'too-long') {
      tokens.tooLong([system, prompt], room);
      problem = 'the prompt does not fit the context window, even halved';
      continue;
    }
    tokens.observe([system, prompt], reply.promptTokens);
    promptTokens += reply.promptTokens;
    outputTokens += reply.outputTokens;
    if (reply.kind === 'cut') {
      problem = 'the answer was cut by its length, twice';
      continue;
    }
    const read = readAnswer(reply.text, given, (text) => masker.restore(text));
    if (!read.ok) return { kind: 'unusable', reason: read.reason };
    const durationMs = Math.round(performance.now() - started);
    return {
      kind: 'concluded',
      conclusion: {
        ...read.said,
        model: reply.model,
        ...(reply.digest !== undefined && { digest: reply.digest }),
        answeredAt: new Date(now + durationMs).toISOString(),
        ...{ shape, durationMs, promptTokens, outputTokens },
      },
    };
  }
  return { kind: 'unusable', reason: problem };
}
