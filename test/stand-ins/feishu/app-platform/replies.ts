import type { SeenCard } from '../card-validator.ts';

/** What the platform answers to one call of its API. */
export interface ApiReply {
  readonly status: number;
  readonly code: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What became visible by it. */
  readonly seen?: SeenCard;
}

/** The words of each code, as the platform's pages have them (create, reply, patch and list of im/v1, and the general ones). */
const words: Record<number, string> = {
  10003: 'invalid param',
  10014: 'app secret invalid',
  230001: 'Your request contains an invalid request parameter.',
  230002: 'The bot can not be outside the group.',
  230006: 'Bot ability is not activated.',
  230011: 'The message is recalled.',
  230013: 'Bot has NO availability to this user.',
  230020: 'This operation triggers the frequency limit.',
  230025: 'The length of the message content reaches its limit.',
  230027: 'Lack of necessary permissions.',
  230031: 'Message can only be modified within 14 days after sending.',
  230034: 'The receive_id is invalid.',
  230099: 'Failed to create card content.',
  230110: 'Action unavailable as the message has been deleted.',
  232009: 'Your request specifies a chat which has already been dissolved.',
  99991400: 'request trigger frequency limit',
  99991661: 'Missing access token for authorization. Please make a request with token attached.',
  99991663: 'Invalid access token for authorization. Please make a request with token attached.',
  99991672: 'Access denied. One of the following scopes is required.',
  99992402: 'field validation failed',
};

export function success(data: unknown, seen?: SeenCard): ApiReply {
  return {
    status: 200,
    code: 0,
    body: JSON.stringify({ code: 0, msg: 'success', data }),
    ...(seen && { seen }),
  };
}

/** A refusal: HTTP 400 as a rule, with the `error` object that the platform adds. */
export function refusal(
  code: number,
  msg = words[code] ?? 'scripted fault',
  status = 400,
  headers?: Readonly<Record<string, string>>,
): ApiReply {
  const error = {
    log_id: '202611210100000000000000000000000A',
    troubleshooter: 'troubleshooting suggestions',
  };
  return { status, code, body: JSON.stringify({ code, msg, error }), ...(headers && { headers }) };
}

/** The gateway's own throttling, with the seconds to wait in its header. */
export function throttled(resetSeconds: number): ApiReply {
  return refusal(99991400, words[99991400], 429, {
    'x-ogw-ratelimit-limit': '1000',
    'x-ogw-ratelimit-reset': String(resetSeconds),
  });
}
