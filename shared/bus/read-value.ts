import type { z } from 'zod';
import { messageOf } from '#shared/errors/index.ts';

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

/** A record value as its contract has it, or why it is not that. */
export function readValue<T>(schema: z.ZodType<T>, value: Buffer | null): Read<T> {
  if (value === null) return { ok: false, reason: 'no value' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.toString('utf8'));
  } catch (error) {
    return { ok: false, reason: `not JSON: ${messageOf(error)}` };
  }
  const result = schema.safeParse(parsed);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  return {
    ok: false,
    reason: issue === undefined ? 'invalid' : `${issue.path.join('.') || 'value'}: ${issue.message}`,
  };
}
