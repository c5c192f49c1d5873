import { createHmac } from 'node:crypto';

/**
 * The headers by which the receiver knows that a request is ours, and fresh: the time in seconds, and the hex HMAC-SHA256 of
 * `v1:<time>:<body>` under the shared secret.
 *
 * @param now milliseconds since the epoch
 */
export function signatureHeaders(secret: string, body: string, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', secret).update(`v1:${timestamp}:${body}`).digest('hex');
  return { 'X-Logpatrol-Timestamp': timestamp, 'X-Logpatrol-Signature': `v1=${signature}` };
}
