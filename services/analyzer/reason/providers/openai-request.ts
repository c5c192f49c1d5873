import { z } from 'zod';
import type { ModelRequest } from '../model.ts';

/** How the answer's form is asked for, the strictest first; each server knows some of them. */
export const formats = ['json_schema', 'json_object', 'plain'] as const;
export type Format = (typeof formats)[number];

/** What this server takes; learnt from what it refuses. */
export interface Dialect {
  readonly format: Format;
  /** OpenAI's own newer models know only the second. */
  readonly limitField: 'max_tokens' | 'max_completion_tokens';
  readonly hasTemperature: boolean;
}

export const firstDialect: Dialect = {
  format: 'json_schema',
  limitField: 'max_tokens',
  hasTemperature: true,
};

/** The body of `/chat/completions`. Where the server does not bind the answer to the schema, the model is told of it. */
export function chatBody(model: string, request: ModelRequest, dialect: Dialect): Record<string, unknown> {
  const { format, limitField, hasTemperature } = dialect;
  const form =
    format === 'json_schema'
      ? ''
      : `\n\nAnswer with one JSON object and nothing else. It must conform to this JSON schema:\n${JSON.stringify(request.schema)}`;
  return {
    model,
    messages: [
      { role: 'system', content: `${request.system}${form}` },
      { role: 'user', content: request.prompt },
    ],
    stream: false,
    [limitField]: request.maxOutputTokens,
    ...(hasTemperature && { temperature: 0 }),
    ...(format === 'json_schema' && {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', strict: true, schema: request.schema },
      },
    }),
    ...(format === 'json_object' && { response_format: { type: 'json_object' } }),
  };
}

/** What to try next where the server has refused the request as such (400), by what it says of it; undefined for nothing. */
export function nextDialect(dialect: Dialect, complaint: string): Dialect | undefined {
  if (dialect.limitField === 'max_tokens' && /max_completion_tokens/.test(complaint))
    return { ...dialect, limitField: 'max_completion_tokens' };
  if (dialect.hasTemperature && /temperature/.test(complaint)) return { ...dialect, hasTemperature: false };
  const format = formats[formats.indexOf(dialect.format) + 1];
  return format === undefined ? undefined : { ...dialect, format };
}

export const Completion = z.object({
  choices: z
    .array(
      z.object({
        // `reasoning_content` and `reasoning`, the thoughts, are left where they are.
        message: z.object({ content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  system_fingerprint: z.string().nullish().catch(undefined),
  usage: z
    .object({
      prompt_tokens: z.number().int().nonnegative().catch(0),
      completion_tokens: z.number().int().nonnegative().catch(0),
    })
    .nullish()
    .catch(undefined),
});

/** OpenAI's `{"error": {"message": …}}`, vLLM's older `{"message": …}`, and others' `{"error": …}`. */
const ErrorBody = z.union([
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ message: z.string() }).transform(({ message }) => message),
]);

/** What an error's body says; undefined where it is none of these. */
export function complaintOf(body: string): string | undefined {
  try {
    return ErrorBody.parse(JSON.parse(body));
  } catch {
    return undefined; // a proxy's page
  }
}

/** The JSON of an answer that nothing but the prompt has bound: without a code fence around it. */
export function withoutCodeFence(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/i.exec(text)?.[1] ?? text;
}
