import { z } from 'zod';

const Schema = z.record(z.string(), z.unknown());

/** What `/chat/completions` takes of what is used here. Strict about what servers are strict about. */
export const ChatBody = z.object({
  model: z.string().min(1),
  messages: z
    .array(z.object({ role: z.enum(['system', 'developer', 'user', 'assistant']), content: z.string() }))
    .min(1),
  stream: z.boolean().default(false),
  max_tokens: z.number().int().positive().optional(),
  max_completion_tokens: z.number().int().positive().optional(),
  temperature: z.number().min(0).max(2).optional(),
  response_format: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('text') }),
      z.object({ type: z.literal('json_object') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({
          name: z.string().regex(/^[\w-]{1,64}$/),
          strict: z.boolean().nullish(),
          schema: Schema,
        }),
      }),
    ])
    .optional(),
});
export type ChatBody = z.infer<typeof ChatBody>;

/** An error as OpenAI words it: `{"error": {"message", "type", "param", "code"}}`. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string | null, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  get body() {
    const type = this.status >= 500 ? 'server_error' : 'invalid_request_error';
    return { error: { message: this.message, type, param: null, code: this.code } };
  }
}
