import { addAbortListener } from 'node:events';
import { callHttp, type Failure } from '../http.ts';
import { redacted } from '../reply.ts';
import { judgeReply } from './reply.ts';
import { type AppIdentity, type TenantTokens, tokensOf } from './tokens.ts';

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Path and query, after `/open-apis/im/v1/messages`. */
  readonly path: string;
  readonly body?: string;
  readonly maxReplyBytes?: number;
}

export interface ApiContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
}

export type ApiAnswer = { readonly kind: 'done'; readonly body: Readonly<Record<string, unknown>> } | Failure;

/** The message API, as one app calls it. */
export class MessageApi {
  readonly #identity: AppIdentity;
  readonly #tokens: TenantTokens;
  readonly #timeoutMs: number;

  /** @param timeoutMs for each HTTP call */
  constructor(identity: AppIdentity, timeoutMs: number) {
    this.#identity = identity;
    this.#tokens = tokensOf(identity);
    this.#timeoutMs = timeoutMs;
  }

  /** Calls with the app's token; once more with a new one where it is refused. Never rejects. */
  async call(call: ApiCall, context: ApiContext): Promise<ApiAnswer> {
    const first = await this.#once(call, context);
    if (first.kind !== 'token-refused') return first;
    const second = await this.#once(call, context);
    return second.kind === 'token-refused' ? { ...second.failure, cause: 'unknown' } : second;
  }

  async #once(
    { path, ...call }: ApiCall,
    { now, signal }: ApiContext,
  ): Promise<ApiAnswer | { readonly kind: 'token-refused'; readonly failure: Failure }> {
    const token = await orAborted(this.#tokens.get(now, this.#timeoutMs), signal);
    if (token === undefined)
      return { kind: 'failed', cause: 'retryable', error: 'stopped', uncertain: false };
    if (token.kind === 'failed') return token;
    const { baseUrl, appSecret } = this.#identity;
    const secrets = [token.value, appSecret];
    const reply = await callHttp({
      ...call,
      url: `${baseUrl}/open-apis/im/v1/messages${path}`,
      headers: { authorization: `Bearer ${token.value}` },
      timeoutMs: this.#timeoutMs,
      signal,
      secrets,
    });
    if (reply.kind === 'failed') return reply;
    const answer = judgeReply(reply.reply);
    if (answer.kind === 'done') return answer;
    const failure = { ...answer.failure, error: redacted(answer.failure.error, secrets) };
    if (answer.kind === 'refused') return failure;
    this.#tokens.forget(token.value);
    return { kind: 'token-refused', failure };
  }
}

/** What is waited for, or `undefined` as soon as nobody wants it any more. */
function orAborted<T>(wanted: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const listener = addAbortListener(signal, () => resolve(undefined));
    wanted.then(resolve, reject).finally(() => listener[Symbol.dispose]());
  });
}
