import { z } from 'zod';
import type { FailureCause } from '#shared/model/index.ts';
import type { SendOutcome } from '../channel.ts';

/** A custom bot's codes (facts/feishu.md): why, and what an operator can do. A code that is not here is `unknown`. */
const codes: Record<number, { readonly cause: FailureCause; readonly hint?: string }> = {
  2200: { cause: 'retryable' },
  11232: { cause: 'retryable' },
  11246: { cause: 'permanent', hint: 'Feishu refused the card' },
  19001: { cause: 'permanent', hint: 'the webhook address is not (or no longer) that of a bot' },
  19002: { cause: 'permanent', hint: 'the request has no msg_type' },
  19021: {
    cause: 'permanent',
    hint: "the signing secret is not the bot's, or this host's clock is off by an hour",
  },
  19022: { cause: 'permanent', hint: "this host's address is not in the bot's IP allowlist" },
  19024: { cause: 'permanent', hint: "the card has none of the bot's required keywords" },
};

/** The windows of the bot's limits are a second and a minute long: trying again within the second is a call wasted. */
const throttledMs = 1000;
/** What a far side may ask for at most; more would be a mistake of it, and alerts would wait for it. */
const longestWaitMs = 10 * 60_000;

const Reply = z.looseObject({ code: z.number(), msg: z.string().catch('') });

function parse(body: string): z.infer<typeof Reply> | undefined {
  try {
    return Reply.safeParse(JSON.parse(body)).data;
  } catch {
    // Not JSON: what is in front of Feishu has answered, and the status decides.
    return undefined;
  }
}

/** The wait that the reply asks for: Feishu's own header, or the standard one (in seconds; dates are not used there). */
function askedWait(headers: Headers): number | undefined {
  const seconds = Number(headers.get('x-ogw-ratelimit-reset') ?? headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1000, longestWaitMs) : undefined;
}

/**
 * What a reply of a custom bot means. The body's code decides: HTTP 200 is not success, and 9499 is a bad request or, with "too many
 * request", throttling.
 */
export function judgeReply(status: number, headers: Headers, body: string): SendOutcome {
  const reply = parse(body);
  const wait = askedWait(headers);
  const excerpt = (text: string) => text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
  if (reply?.code === 0) return { kind: 'sent', code: '0' };
  if (reply === undefined || status === 429) {
    const retryable = status === 429 || status === 408 || status >= 500;
    const said = excerpt(body);
    return {
      kind: 'failed',
      cause: retryable ? 'retryable' : 'unknown',
      code: `http-${status}`,
      error: `HTTP ${status} with ${said === '' ? 'an empty body' : `"${said}"`} instead of Feishu's reply`,
      ...(status === 429 ? { retryAfterMs: wait ?? throttledMs } : { uncertain: true }),
      ...(status !== 429 && wait !== undefined ? { retryAfterMs: wait } : {}),
    };
  }
  const throttled = reply.code === 11232 || (reply.code === 9499 && /too many request/i.test(reply.msg));
  const known = codes[reply.code];
  const cause: FailureCause = throttled
    ? 'retryable'
    : reply.code === 9499
      ? 'permanent'
      : (known?.cause ?? (status >= 500 ? 'retryable' : 'unknown'));
  const said = `code ${reply.code}: ${excerpt(reply.msg)}`;
  return {
    kind: 'failed',
    cause,
    code: String(reply.code),
    error: known?.hint === undefined ? said : `${known.hint} (${said})`,
    ...(throttled ? { retryAfterMs: wait ?? throttledMs } : wait === undefined ? {} : { retryAfterMs: wait }),
  };
}
