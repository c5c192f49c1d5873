import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** A signed request older than this, or from so far in the future, is a replay or another's clock. */
const freshMs = 5 * 60 * 1000;
/** A nonce is some tens of characters. */
const longestNonce = 256;

export interface SignatureHeaders {
  readonly timestamp: string | undefined;
  readonly nonce: string | undefined;
  readonly signature: string | undefined;
}

/**
 * Whether a request is signed with the app's Encrypt Key and fresh: hex SHA-256 of timestamp, nonce, key and the body's raw bytes.
 *
 * @param now milliseconds since the epoch
 */
export function judgeSignature(
  { timestamp, nonce, signature }: SignatureHeaders,
  body: Buffer,
  key: string,
  now: number,
): 'signed' | 'unsigned' | 'forged' | 'stale' {
  if (timestamp === undefined && nonce === undefined && signature === undefined) return 'unsigned';
  if (!/^\d{10}$/.test(timestamp ?? '') || (nonce ?? '').length > longestNonce) return 'forged';
  const expected = createHash('sha256')
    .update(`${timestamp}${nonce ?? ''}${key}`)
    .update(body)
    .digest();
  const given = Buffer.from(/^[0-9a-f]{64}$/i.test(signature ?? '') ? (signature ?? '') : '', 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'forged';
  return Math.abs(now - Number(timestamp) * 1000) <= freshMs ? 'signed' : 'stale';
}

const Envelope = z.object({ encrypt: z.string().min(1) });
const blockBytes = 16;

/**
 * What an encrypted body says: `{"encrypt": base64}`, AES-256-CBC with the SHA-256 of the Encrypt Key, the first 16 bytes being the
 * initial vector. `undefined` where it is not encrypted, not with this key, or not JSON: one answer for all, so that nobody learns from it.
 */
export function openEnvelope(body: Buffer, key: string): unknown {
  try {
    const { encrypt } = Envelope.parse(JSON.parse(body.toString('utf8')));
    const bytes = Buffer.from(encrypt, 'base64');
    const secret = createHash('sha256').update(key).digest();
    const decipher = createDecipheriv('aes-256-cbc', secret, bytes.subarray(0, blockBytes));
    const text = Buffer.concat([decipher.update(bytes.subarray(blockBytes)), decipher.final()]);
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}
