import type { Context } from 'hono';
import type { z } from 'zod';

/** The body, or the answer to one that is not what it should be. */
export async function bodyOf<T>(context: Context, schema: z.ZodType<T>): Promise<T | Response> {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  // A page of another site can post forms and plain text without asking first, and JSON not.
  if (type !== 'application/json')
    return context.json({ error: 'send JSON, with content-type: application/json' }, 415);
  let body: unknown;
  try {
    body = JSON.parse(await context.req.text());
  } catch {
    return context.json({ error: 'the body is not JSON' }, 400);
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => `${[...issue.path, key].join('.')}: there is no such field`)
      : [`${issue.path.join('.') || 'body'}: ${issue.message.replace(/^Invalid input: /, '')}`],
  );
  return context.json({ error: 'the body is wrong', mistakes }, 400);
}
