import { z } from 'zod';
import type { FailureCause } from '#shared/model/index.ts';
import type { SendOutcome } from '../channel.ts';
import type { HttpReply } from '../http.ts';
import { askedWait, excerpt, statusFailure, throttledMs } from '../reply.ts';

interface Code {
  readonly cause: FailureCause;
  readonly hint?: string;
  readonly isCardRefused?: true;
  readonly uncertain?: true;
}

const throttled: Code = { cause: 'retryable' };

/** A custom bot's codes (facts/feishu.md): why, and what an operator can do. A code that is not here is `unknown`. */
const codes: Readonly<Record<number, Code>> = {
  2200: { cause: 'retryable', uncertain: true },
  11232: throttled,
  // The cause stands in the words: `ErrCode: …; ErrMsg: …`.
  11246: { cause: 'permanent', hint: 'Feishu refused the card', isCardRefused: true },
  // Malformed, or over 20 KB.
  9499: {
    cause: 'permanent',
    hint: 'Feishu could not read the request, or found it too long',
    isCardRefused: true,
  },
  19001: { cause: 'permanent', hint: 'the webhook address is not (or no longer) that of a bot' },
  19002: { cause: 'permanent', hint: 'the request has no msg_type' },
  19021: {
    cause: 'permanent',
    hint: "the signing secret is not the bot's, or this host's clock is off by an hour",
  },
  19022: { cause: 'permanent', hint: "this host's address is not in the bot's IP allowlist" },
  19024: { cause: 'permanent', hint: "the card has none of the bot's required keywords" },
};

/** Feishu's own header first, then the standard one. */
const waitHeaders = ['x-ogw-ratelimit-reset', 'retry-after'];

const Reply = z.looseObject({ code: z.number(), msg: z.string().catch('') });

function parse(body: string): z.infer<typeof Reply> | undefined {
  try {
    return Reply.safeParse(JSON.parse(body)).data;
  } catch {
    // Not JSON: what is in front of Feishu has answered, and the status decides.
    return undefined;
  }
}

/**
 * What a reply of a custom bot means. The body's code decides: HTTP 200 is not success, and 9499 is a bad request or, with "too many
 * request", throttling.
 */
export function judgeReply(answer: HttpReply): SendOutcome {
  const { status, headers, body } = answer;
  const reply = parse(body);
  if (reply?.code === 0) return { kind: 'sent', code: '0' };
  if (reply === undefined || status === 429) return statusFailure(answer, "Feishu's reply", waitHeaders);
  const wait = askedWait(headers, waitHeaders);
  const isThrottled = reply.code === 11232 || (reply.code === 9499 && /too many request/i.test(reply.msg));
  const { cause, hint, isCardRefused, uncertain } = isThrottled ? throttled : codeOf(reply.code, status);
  const said = `code ${reply.code}: ${excerpt(reply.msg)}`;
  const retryAfterMs = isThrottled ? (wait ?? throttledMs) : wait;
  return {
    kind: 'failed',
    cause,
    code: String(reply.code),
    error: hint === undefined ? said : `${hint} (${said})`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(isCardRefused === undefined ? {} : { isCardRefused }),
    ...(uncertain === undefined ? {} : { uncertain }),
  };
}

function codeOf(code: number, status: number): Code {
  return codes[code] ?? { cause: status >= 500 ? 'retryable' : 'unknown' };
}
