import { z } from 'zod';
import type { Failure, HttpReply } from '../http.ts';
import { askedWait, excerpt, statusFailure, throttledMs } from '../reply.ts';
import { type Code, cardCode, codes, tokenCodes } from './codes.ts';

/** Feishu's own header first, then the standard one. */
const waitHeaders = ['x-ogw-ratelimit-reset', 'retry-after'];

const Reply = z.looseObject({ code: z.number(), msg: z.string().catch(''), data: z.unknown().optional() });

/** What one call of the API has brought. */
export type Answer =
  /** `body`: the whole reply; what a call asks for is in its `data` as a rule. */
  | { readonly kind: 'done'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'token-refused'; readonly failure: Failure }
  | { readonly kind: 'refused'; readonly failure: Failure };

function parse(body: string): z.infer<typeof Reply> | undefined {
  try {
    return Reply.safeParse(JSON.parse(body)).data;
  } catch {
    // Not JSON: what is in front of Feishu has answered, and the status decides.
    return undefined;
  }
}

/** What a reply means. The code in the body decides, whatever the status. */
export function judgeReply(answer: HttpReply): Answer {
  const { status, headers, body } = answer;
  const reply = parse(body);
  if (reply === undefined)
    return { kind: 'refused', failure: statusFailure(answer, "Feishu's reply", waitHeaders) };
  if (reply.code === 0) return { kind: 'done', body: reply };
  const known: Code | undefined = reply.code === 230099 ? cardCode(reply.msg) : codes[reply.code];
  const { cause, hint, isThrottled, isCardRefused, isCardGone, uncertain } = known ?? {
    cause: status === 429 || status >= 500 ? ('retryable' as const) : ('unknown' as const),
    // Nobody knows what it has done then.
    uncertain: status >= 500,
  };
  const wait =
    askedWait(headers, waitHeaders) ?? (isThrottled === true || status === 429 ? throttledMs : undefined);
  const said = `code ${reply.code}: ${excerpt(reply.msg)}`;
  const failure: Failure = {
    kind: 'failed',
    cause,
    code: String(reply.code),
    error: hint === undefined ? said : `${hint} (${said})`,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(uncertain === true ? { uncertain } : {}),
    ...(isCardRefused === true ? { isCardRefused } : {}),
    ...(isCardGone === true ? { isCardGone } : {}),
  };
  return { kind: tokenCodes.has(reply.code) ? 'token-refused' : 'refused', failure };
}
