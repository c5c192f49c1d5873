import { timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Config } from '#shared/config/index.ts';
import { addressOf } from '../origin.ts';
import type { ClickDesk } from './click-desk.ts';
import { judgeSignature, openEnvelope } from './envelope.ts';
import { readEvent } from './event.ts';

export interface EventsApiOptions {
  readonly config: Pick<Config, 'feishuApps'>;
  readonly clicks: ClickDesk;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** A click is some kilobytes. */
const maxBodyBytes = 64 * 1024;

const UrlCheck = z.object({
  type: z.literal('url_verification'),
  challenge: z.string().min(1).max(1000),
  token: z.string().optional(),
});

/**
 * What the Feishu platform calls: `POST /<app>/events`, for apps with `callbacks: http`. Signed, fresh and encrypted, or refused;
 * the check of the address, which is encrypted and not signed, is answered with its challenge.
 */
export function eventsApi({ config, clicks, logger, clock }: EventsApiOptions): Hono {
  const limit = bodyLimit({
    maxSize: maxBodyBytes,
    onError: (context) => context.json({ error: `at most ${maxBodyBytes} bytes are accepted` }, 413),
  });
  return new Hono().post('/:app/events', limit, async (context) => {
    const name = context.req.param('app');
    const app = Object.hasOwn(config.feishuApps, name) ? config.feishuApps[name] : undefined;
    if (app?.callbacks !== 'http' || app.encryptKey === undefined)
      return context.json({ error: 'there is nothing here' }, 404);
    const refuse = (why: string): Response => {
      logger.warn({ app: name, address: addressOf(context) }, `feishu: a callback was refused: ${why}`);
      return context.json({ error: 'refused' }, 401);
    };
    const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/json') return context.json({ error: 'send JSON' }, 415);
    const raw = Buffer.from(await context.req.arrayBuffer());
    const signed = judgeSignature(signatureOf(context), raw, app.encryptKey, clock());
    if (signed === 'forged' || signed === 'stale') return refuse(`its signature is ${signed}`);
    const body = openEnvelope(raw, app.encryptKey);
    const check = UrlCheck.safeParse(body);
    if (check.success) {
      if (!isToken(check.data.token, app.verificationToken)) return refuse('another verification token');
      return context.json({ challenge: check.data.challenge });
    }
    if (signed === 'unsigned' || body === undefined) return refuse('it is not signed, or not encrypted');
    const read = readEvent(body);
    if (read.appId !== undefined && read.appId !== app.appId) return refuse('it is of another app');
    // The shape without a header has no such token.
    if (read.token !== undefined && !isToken(read.token, app.verificationToken))
      return refuse('another verification token');
    return context.json(await clicks.answer(name, read, addressOf(context)));
  });
}

function signatureOf({ req }: Context) {
  return {
    timestamp: req.header('x-lark-request-timestamp'),
    nonce: req.header('x-lark-request-nonce'),
    signature: req.header('x-lark-signature'),
  };
}

function isToken(given: string | undefined, expected: string | undefined): boolean {
  if (expected === undefined) return true;
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
