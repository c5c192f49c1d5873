import { createHash, timingSafeEqual } from 'node:crypto';

/** What is sent as `Authorization: Bearer …`; `undefined` where nothing is, or something else. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

/** Whether two secrets are the same; how long it takes says nothing of where they differ, nor of their lengths. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digestOf(one), digestOf(other));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
