import pRetry from 'p-retry';
import { messageOf } from '#shared/errors/index.ts';
import type { SendOutcome } from './channel.ts';
import { redacted } from './reply.ts';

/** More of a reply than this is not read, unless more is asked for. */
const usualReplyBytes = 64 * 1024;

/** A failed connection is tried again so often, within one call, before the durable schedule of deliver takes over. */
const quickRetries = 2;

/** Failures before a connection stood: the request cannot have been taken, so trying again at once cannot repeat it. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** One call to a far side. */
export interface HttpCall {
  readonly url: string;
  /** Default: POST. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Besides the content type, which is JSON. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For everything, the quick retries of a failed connection included. */
  readonly timeoutMs: number;
  /** Ends the call. */
  readonly signal: AbortSignal;
  /** What may stand in no error: the address, if whoever has it can post, and whatever else the call carries. */
  readonly secrets: readonly string[];
  /** More of the reply is not read. Default: 64 KB. */
  readonly maxReplyBytes?: number;
}

/** What a far side has said. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  /** Up to the bound of the call. */
  readonly body: string;
}

export type Failure = Extract<SendOutcome, { kind: 'failed' }>;

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

async function boundedText(response: Response, maxReplyBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > maxReplyBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxReplyBytes).toString('utf8');
}

/** Calls and reads the whole reply, up to its bound; or says why there is none, with no secret in it. Never rejects. */
export async function callHttp(
  call: HttpCall,
): Promise<{ readonly kind: 'reply'; readonly reply: HttpReply } | Failure> {
  const {
    url,
    method = 'POST',
    headers,
    body,
    timeoutMs,
    signal,
    secrets,
    maxReplyBytes = usualReplyBytes,
  } = call;
  const limit = AbortSignal.timeout(timeoutMs);
  const either = AbortSignal.any([signal, limit]);
  try {
    const reply = await pRetry(
      async () => {
        const response = await fetch(url, {
          method,
          headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
          ...(body === undefined ? {} : { body }),
          // A redirect would carry a signed card to an address that nobody configured.
          redirect: 'manual',
          signal: either,
        });
        const { status, headers: said } = response;
        return { status, headers: said, body: await boundedText(response, maxReplyBytes) };
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
    return { kind: 'reply', reply };
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
      error: redacted(error, secrets),
      uncertain: !neverSent.has(code ?? ''),
    };
  }
}

/** Calls, and has `judge` say what the reply means; no secret stands in the outcome's error. Never rejects. */
export async function sendHttp(
  call: HttpCall,
  judge: (reply: HttpReply) => SendOutcome,
): Promise<SendOutcome> {
  const answer = await callHttp(call);
  if (answer.kind === 'failed') return answer;
  const outcome = judge(answer.reply);
  return outcome.kind === 'failed' ? { ...outcome, error: redacted(outcome.error, call.secrets) } : outcome;
}
