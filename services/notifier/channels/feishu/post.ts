import pRetry from 'p-retry';
import { messageOf } from '#shared/errors/index.ts';
import type { SendOutcome } from '../channel.ts';
import { judgeReply } from './reply.ts';

/** More of a reply than this is not read. */
const maxReplyBytes = 64 * 1024;

/** Failures before a connection stood: the request cannot have been taken, so trying again at once cannot repeat it. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The code of what a failed fetch was caused by (`TypeError: fetch failed` tells nothing by itself). */
function causeOf(thrown: unknown): { code: string | undefined; error: string } {
  let cause = thrown;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  const code =
    typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string'
      ? cause.code
      : undefined;
  const text = messageOf(cause);
  return { code, error: text === '' ? (code ?? 'the call failed') : text };
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > maxReplyBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxReplyBytes).toString('utf8');
}

/** A failed connection is tried again so often, within one call, before the durable schedule of deliver takes over. */
const quickRetries = 2;

/**
 * Posts one body and reads what the far side says. Never rejects.
 *
 * @param timeoutMs for everything, the quick retries of a failed connection included
 */
export async function post(
  url: string,
  body: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const limit = AbortSignal.timeout(timeoutMs);
  const either = AbortSignal.any([signal, limit]);
  try {
    return await pRetry(
      async () => {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json; charset=utf-8' },
          body,
          // A redirect would carry a signed card to an address that nobody configured.
          redirect: 'manual',
          signal: either,
        });
        return judgeReply(response.status, response.headers, await boundedText(response));
      },
      {
        retries: quickRetries,
        minTimeout: 50,
        factor: 3,
        randomize: true,
        signal: either,
        shouldRetry: ({ error }) => neverSent.has(causeOf(error).code ?? ''),
      },
    );
  } catch (thrown) {
    if (limit.aborted)
      return {
        kind: 'failed',
        cause: 'retryable',
        code: 'timeout',
        error: `no answer within ${timeoutMs / 1000} s`,
        uncertain: true,
      };
    const { code, error } = causeOf(thrown);
    return {
      kind: 'failed',
      cause: 'retryable',
      ...(code === undefined ? {} : { code }),
      error: error.replaceAll(url, 'the webhook'),
      uncertain: !neverSent.has(code ?? ''),
    };
  }
}
