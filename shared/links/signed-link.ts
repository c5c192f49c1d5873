import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { PersonAction } from '#shared/model/index.ts';

/** What a link on a card stands for: the page of a finding, or the page on which something can be done about it. */
const LinkPurpose = z.enum(['view', ...PersonAction.options]);

/** Short names, for the link stands on a card many times. */
const Payload = z.strictObject({
  /** Incident. */
  i: z.string().min(1),
  p: LinkPurpose,
  /** Seconds since the epoch. */
  e: z.int(),
  /** The channel whose card it stands on. */
  c: z.string(),
});

/** A link that was given out. */
export interface SignedLink {
  readonly incidentId: string;
  readonly purpose: z.infer<typeof LinkPurpose>;
  /** The channel whose card it stands on. */
  readonly channel: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export type ReadLink =
  | { readonly kind: 'link'; readonly link: SignedLink }
  | { readonly kind: 'refused'; readonly why: 'forged' | 'expired'; readonly link?: SignedLink };

/** The token of a link: URL-safe, signed with HMAC-SHA256. */
export function signLink(key: string, { incidentId, purpose, channel, expiresAt }: SignedLink): string {
  const payload = { i: incidentId, p: purpose, e: Math.floor(expiresAt / 1000), c: channel };
  const body = Buffer.from(JSON.stringify(payload)).toString('base64url');
  return `${body}.${signatureOf(key, body).toString('base64url')}`;
}

/**
 * What a token says, where it was signed with this key and is not over yet.
 *
 * @param now milliseconds since the epoch
 */
export function readLink(key: string, token: string, now: number): ReadLink {
  const [body = '', signature = '', ...rest] = token.split('.');
  const given = Buffer.from(signature, 'base64url');
  const expected = signatureOf(key, body);
  const isOurs = rest.length === 0 && given.length === expected.length && timingSafeEqual(given, expected);
  const payload = isOurs ? payloadOf(body) : undefined;
  if (payload === undefined) return { kind: 'refused', why: 'forged' };
  const link = { incidentId: payload.i, purpose: payload.p, channel: payload.c, expiresAt: payload.e * 1000 };
  return link.expiresAt <= now ? { kind: 'refused', why: 'expired', link } : { kind: 'link', link };
}

function payloadOf(body: string): z.infer<typeof Payload> | undefined {
  try {
    return Payload.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Another purpose of the same key would need another first part. */
function signatureOf(key: string, body: string): Buffer {
  return createHmac('sha256', key).update(`link.${body}`).digest();
}
