import { messageOf } from './error.ts';

/** Why `fetch` had no answer; its own message says only "fetch failed", the reason stands in its cause. */
export function whyNoAnswer(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AggregateError && cause.errors.length > 0) return messageOf(cause.errors[0]);
  return messageOf(cause ?? error);
}
