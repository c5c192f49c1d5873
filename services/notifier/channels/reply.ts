import type { Failure, HttpReply } from './http.ts';

/** The windows of most limits are a second and a minute long: trying again within the second is a call wasted. */
export const throttledMs = 1000;
/** What a far side may ask for at most; more would be a mistake of it, and alerts would wait for it. */
export const longestWaitMs = 10 * 60_000;

/** A shorter secret would cut holes into every text. */
const shortestSecret = 6;

/** The text without any of these: whole addresses, their paths (which far sides like to repeat), keys. */
export function redacted(text: string, secrets: readonly string[]): string {
  const all = secrets.flatMap((secret) =>
    URL.canParse(secret)
      ? [
          secret,
          new URL(secret).href,
          new URL(secret).pathname + new URL(secret).search,
          new URL(secret).pathname,
        ]
      : [secret],
  );
  return [...new Set(all)]
    .filter((secret) => secret.length >= shortestSecret)
    .sort((one, other) => other.length - one.length)
    .reduce((left, secret) => left.replaceAll(secret, '********'), text);
}

/** The start of what a far side said, in one line. */
export function excerpt(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
}

/**
 * The wait that a reply asks for, in milliseconds: the first of these headers that has one, in seconds or as a date (RFC 9110),
 * at most ten minutes.
 *
 * @param names default: `retry-after`
 * @param now milliseconds since the epoch
 */
export function askedWait(
  headers: Headers,
  names: readonly string[] = ['retry-after'],
  now: number = Date.now(),
): number | undefined {
  for (const name of names) {
    const value = headers.get(name)?.trim();
    if (value === undefined || value === '') continue;
    const seconds = Number(value);
    const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
    if (Number.isFinite(ms) && ms >= 0) return Math.min(ms, longestWaitMs);
  }
  return undefined;
}

/**
 * The failure that an HTTP status tells of where the body says nothing: 408, 429 and 5xx will pass; 429 was not taken, of any
 * other nobody knows.
 *
 * @param instead of what, in words: `Feishu's reply`
 */
export function statusFailure(
  { status, headers, body }: HttpReply,
  instead: string,
  waitHeaders?: readonly string[],
): Failure {
  const wait = askedWait(headers, waitHeaders);
  const said = excerpt(body);
  return {
    kind: 'failed',
    cause: status === 429 || status === 408 || status >= 500 ? 'retryable' : 'unknown',
    code: `http-${status}`,
    error: `HTTP ${status} with ${said === '' ? 'an empty body' : `"${said}"`} instead of ${instead}`,
    ...(status === 429 ? { retryAfterMs: wait ?? throttledMs } : { uncertain: true }),
    ...(status !== 429 && wait !== undefined ? { retryAfterMs: wait } : {}),
  };
}
