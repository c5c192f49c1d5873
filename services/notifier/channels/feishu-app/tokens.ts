import { createHash } from 'node:crypto';
import { z } from 'zod';
import { callHttp, type Failure } from '../http.ts';
import { redacted } from '../reply.ts';
import { judgeReply } from './reply.ts';

/** What an app shows to be known. */
export interface AppIdentity {
  readonly baseUrl: string;
  readonly appId: string;
  readonly appSecret: string;
}

type TokenResult = { readonly kind: 'token'; readonly value: string } | Failure;

/**
 * With less than this left a new one is asked for. The platform gives the same token again while more than 30 minutes are left of it, and a
 * new one with less; both hold until their own end, so processes that renew do not disturb one another.
 */
const renewedWithinMs = 20 * 60_000;

const Given = z.object({ tenant_access_token: z.string().min(1), expire: z.number().positive() });
const never = new AbortController().signal;

/** One app's tenant access token: asked for once by however many want it, and renewed before its end. */
export class TenantTokens {
  readonly #identity: AppIdentity;
  #held: { readonly value: string; readonly expiresAt: number } | undefined;
  #asking: Promise<TokenResult> | undefined;

  constructor(identity: AppIdentity) {
    this.#identity = identity;
  }

  /** @param now milliseconds since the epoch */
  async get(now: number, timeoutMs: number): Promise<TokenResult> {
    const held = this.#held;
    const left = (held?.expiresAt ?? 0) - now;
    if (held !== undefined && left > renewedWithinMs) return { kind: 'token', value: held.value };
    this.#asking ??= this.#ask(now, timeoutMs).finally(() => {
      this.#asking = undefined;
    });
    const asked = await this.#asking;
    // One that cannot be renewed is used up.
    return asked.kind === 'failed' && held !== undefined && left > 0
      ? { kind: 'token', value: held.value }
      : asked;
  }

  /** The platform does not take it any more. One that was got since stays. */
  forget(value: string): void {
    if (this.#held?.value === value) this.#held = undefined;
  }

  async #ask(now: number, timeoutMs: number): Promise<TokenResult> {
    const { baseUrl, appId, appSecret } = this.#identity;
    const reply = await callHttp({
      url: `${baseUrl}/open-apis/auth/v3/tenant_access_token/internal`,
      body: JSON.stringify({ app_id: appId, app_secret: appSecret }),
      timeoutMs,
      // Others may wait for it besides the one who asked first.
      signal: never,
      secrets: [appSecret],
    });
    if (reply.kind === 'failed') return { ...reply, uncertain: false };
    const answer = judgeReply(reply.reply);
    if (answer.kind !== 'done') {
      const { failure } = answer;
      // Whatever it is that came, a token may stand in it.
      return {
        ...failure,
        error: redacted(failure.error, [appSecret]).replaceAll(/\b[a-z]-[\w.-]{8,}/g, '********'),
        uncertain: false,
      };
    }
    const given = Given.safeParse(answer.body).data;
    if (given === undefined)
      return { kind: 'failed', cause: 'unknown', error: 'Feishu gave no token, with code 0' };
    this.#held = { value: given.tenant_access_token, expiresAt: now + given.expire * 1000 };
    return { kind: 'token', value: given.tenant_access_token };
  }
}

const known = new Map<string, TenantTokens>();

/** The tokens of an app, the same for all its channels in this process. */
export function tokensOf(identity: AppIdentity): TenantTokens {
  const { baseUrl, appId, appSecret } = identity;
  const key = `${baseUrl} ${appId} ${createHash('sha256').update(appSecret).digest('base64')}`;
  const tokens = known.get(key) ?? new TenantTokens(identity);
  known.set(key, tokens);
  return tokens;
}
