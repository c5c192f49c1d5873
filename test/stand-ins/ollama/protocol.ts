import { z } from 'zod';

/** What `/api/chat` takes. Unknown fields are ignored, as the real server does. */
export const ChatBody = z.object({
  model: z.string().default(''),
  messages: z
    .array(z.object({ role: z.string(), content: z.string().default('') }))
    .nullish()
    .transform((messages) => messages ?? []),
  stream: z.boolean().default(true),
  format: z.unknown().optional(),
  options: z.record(z.string(), z.unknown()).default({}),
  keep_alive: z.union([z.string(), z.number()]).optional(),
  truncate: z.boolean().default(true),
  think: z.union([z.boolean(), z.string()]).optional(),
});
export type ChatBody = z.infer<typeof ChatBody>;

/** What `/api/embed` takes. */
export const EmbedBody = z.object({
  model: z.string().default(''),
  input: z.union([z.string(), z.array(z.string())]).default([]),
  truncate: z.boolean().default(true),
  options: z.record(z.string(), z.unknown()).default({}),
  keep_alive: z.union([z.string(), z.number()]).optional(),
});
export type EmbedBody = z.infer<typeof EmbedBody>;

export const ShowBody = z.object({ model: z.string().default('') });

/** The context of a request that asks for none, whatever the model could do. */
export const defaultContext = 4096;

/** An error as the server words it. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const integerOptions = ['num_ctx', 'num_predict', 'seed', 'top_k'];
const numberOptions = ['temperature', 'top_p', 'min_p', 'repeat_penalty'];

/** A numeric option, or its default. A value of the wrong type is answered with 500, though the mistake is the client's. */
export function option(body: Pick<ChatBody, 'options'>, name: string, fallback: number): number {
  const value = body.options[name] ?? fallback;
  const isInteger = !integerOptions.includes(name) || Number.isInteger(value);
  if (typeof value !== 'number' || !isInteger)
    throw new Refusal(
      500,
      `option "${name}" must be of type ${integerOptions.includes(name) ? 'integer' : 'float32'}`,
    );
  return value;
}

export function checkOptions(body: ChatBody): void {
  for (const name of [...integerOptions, ...numberOptions]) option(body, name, 0);
}

/** The schema that binds the answer, if any. A bad schema is answered with 500, and an unanchored pattern is one. */
export function schemaOf(body: ChatBody): z.ZodType | undefined {
  const { format } = body;
  if (format === undefined || format === null || format === '') return undefined;
  if (format === 'json') return z.unknown();
  if (!isJsonSchema(format))
    throw new Refusal(
      500,
      `invalid format: ${JSON.stringify(format)}; expected "json" or a valid JSON Schema object`,
    );
  for (const pattern of patterns(format))
    if (!(pattern.startsWith('^') && pattern.endsWith('$')))
      throw new Refusal(500, 'invalid JSON schema in format: pattern must start with ^ and end with $');
  try {
    return z.fromJSONSchema(format);
  } catch {
    throw new Refusal(500, 'invalid JSON schema in format');
  }
}

function isJsonSchema(format: unknown): format is z.core.JSONSchema.JSONSchema {
  return typeof format === 'object' && format !== null && !Array.isArray(format);
}

function* patterns(schema: unknown): Generator<string> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [name, value] of Object.entries(schema))
    if (name === 'pattern' && typeof value === 'string') yield value;
    else yield* patterns(value);
}
