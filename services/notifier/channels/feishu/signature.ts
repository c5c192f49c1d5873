import { createHmac } from 'node:crypto';

/**
 * A custom bot's signature: base64 of HMAC-SHA256 with key `timestamp + "\n" + secret` over the EMPTY message. Good for an
 * hour, so it is made when the message is sent.
 *
 * @param now milliseconds since the epoch
 */
export function sign(secret: string, now: number): { timestamp: string; sign: string } {
  const timestamp = String(Math.floor(now / 1000));
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64') };
}
