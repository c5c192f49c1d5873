import { createHmac } from 'node:crypto';
import type { MaskedKind } from './kinds.ts';

const kindOf: Readonly<Record<string, MaskedKind>> = {
  EMAIL: 'email',
  PHONE: 'phone',
  ID: 'id',
  CARD: 'card',
  SECRET: 'secret',
};

/** RFC 4648, in lower case: no character that is read as another. */
const base32 = 'abcdefghijklmnopqrstuvwxyz234567';
const hashLength = 6;

const anyPlaceholder = /\[(EMAIL|PHONE|ID|CARD|SECRET):([a-z2-7]{6})\]/g;

/** `[EMAIL:7kq2ab]`: the kind, and 30 bits of an HMAC-SHA-256 of the value, which nobody without the key can try values against. */
export function placeholderOf(kind: MaskedKind, value: string, key: string | Uint8Array): string {
  const digest = createHmac('sha256', key).update(`${kind}\n${value}`).digest();
  let hash = '';
  for (let index = 0; index < hashLength; index++) hash += base32[(digest[index] ?? 0) & 31];
  return `[${kind.toUpperCase()}:${hash}]`;
}

/** The text with every placeholder in it replaced by what `by` says. */
export function replacePlaceholders(
  text: string,
  by: (placeholder: string, kind: MaskedKind, hash: string) => string,
): string {
  if (!text.includes('[')) return text;
  return text.replaceAll(anyPlaceholder, (written, name: string, hash: string) =>
    by(written, kindOf[name] ?? 'secret', hash),
  );
}
