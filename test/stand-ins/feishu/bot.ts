import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { judgeCard, type SeenCard } from './card-validator.ts';

/** How one custom bot is set up in its group. */
export interface BotSettings {
  /** Signature check, where set. */
  readonly secret?: string;
  /** At least one must occur in the card. */
  readonly keywords?: readonly string[];
  /** Addresses that may call. */
  readonly addresses?: readonly string[];
  /** `platform`: 5 a second and 100 a minute. */
  readonly limits: 'platform' | 'unlimited';
}

export interface Reply {
  readonly status: number;
  readonly code: number;
  readonly body: string;
  readonly seen?: SeenCard;
}

/** Bytes of the whole request. */
const maxRequestBytes = 20 * 1024;

const reply = (status: number, code: number, msg: string): Reply => ({
  status,
  code,
  body: JSON.stringify({ code, msg, data: {} }),
});

export const replies = {
  tooFrequent: reply(200, 11232, 'frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]'),
  tooMany: reply(400, 9499, 'too many request'),
  success: (seen: SeenCard): Reply => ({
    status: 200,
    code: 0,
    body: '{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}',
    seen,
  }),
  code: (code: number, msg = 'scripted fault'): Reply => reply(code === 9499 ? 400 : 200, code, msg),
};

const Request = z.looseObject({
  timestamp: z.string().optional(),
  sign: z.string().optional(),
  msg_type: z.string().optional(),
  card: z.unknown(),
});

/** Key: timestamp, line feed, secret. Message: empty. */
function signatureFits(secret: string, timestamp: string, sign: string): boolean {
  const expected = createHmac('sha256', `${timestamp}\n${secret}`).update('').digest();
  const given = Buffer.from(sign, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Calls within the last second and the last minute, those refused included, as windows that slide. */
export class RateLimit {
  #times: number[] = [];

  admits(now: number): boolean {
    this.#times = this.#times.filter((time) => time > now - 60_000);
    const inSecond = this.#times.filter((time) => time > now - 1000).length;
    if (inSecond >= 5 || this.#times.length >= 100) return false;
    this.#times.push(now);
    return true;
  }
}

/**
 * What the platform answers to one request of a custom bot, and what the group sees.
 *
 * @param now milliseconds since the epoch
 */
export function answer(
  raw: Buffer,
  address: string,
  settings: BotSettings,
  rate: RateLimit,
  now: number,
): Reply {
  if (raw.length > maxRequestBytes) return reply(400, 9499, 'Bad Request: request body is too large');
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    // Not JSON, or not UTF-8: a verdict about the caller, not a failure of ours.
    return reply(400, 9499, 'Bad Request');
  }
  const request = Request.safeParse(json);
  if (!request.success) return reply(400, 9499, 'Bad Request');
  const { timestamp, sign, msg_type: type, card } = request.data;
  if (settings.limits === 'platform' && !rate.admits(now)) return replies.tooFrequent;
  if (settings.addresses !== undefined && !settings.addresses.includes(address))
    return reply(200, 19022, 'Ip Not Allowed');
  if (settings.secret !== undefined) {
    const seconds = Number(timestamp);
    const fresh = /^\d{10}$/.test(timestamp ?? '') && Math.abs(now / 1000 - seconds) <= 3600;
    if (!fresh || !signatureFits(settings.secret, timestamp ?? '', sign ?? ''))
      return reply(200, 19021, 'sign match fail or timestamp is not within one hour from current time');
  }
  if (type === undefined) return reply(200, 19002, 'params error, msg_type need');
  if (type !== 'interactive') return reply(200, 9499, 'Bad Request: only cards are known here');
  const verdict = judgeCard(card, { callbacks: false });
  if (!verdict.ok) return reply(200, 11246, verdict.message);
  const words = `${verdict.seen.title}\n${verdict.seen.text}`;
  if (settings.keywords !== undefined && !settings.keywords.some((keyword) => words.includes(keyword)))
    return reply(200, 19024, 'Key Words Not Found');
  return replies.success(verdict.seen);
}
