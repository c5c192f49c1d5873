import type { Context } from 'hono';
import { z } from 'zod';

/**
 * The body, or the answer to one that is not what it should be. What a person does whose name is proved is done in that name, whatever
 * `by` says.
 */
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
  const { person } = context.get('caller');
  if (person !== undefined && typeof body === 'object' && body !== null) body = { ...body, by: person };
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => `${[...issue.path, key].join('.')}: there is no such field`)
      : [`${issue.path.join('.') || 'body'}: ${issue.message.replace(/^Invalid input: /, '')}`],
  );
  return context.json({ error: 'the body is wrong', mistakes }, 400);
}

const By = z.string().trim().min(1).max(200);

/** Who says that they do something that has no body: `?by=NAME`, or who they are proved to be; `undefined` where nobody says it. */
export function byOf(context: Context): string | undefined {
  return context.get('caller').person ?? By.safeParse(context.req.query('by')).data;
}
