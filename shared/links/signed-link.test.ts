import { describe, expect, it } from 'vitest';
import { readLink, signLink } from './signed-link.ts';

const key = 'a key of the test alone';
const link = {
  incidentId: '0-deadbeef-m1',
  purpose: 'acknowledge',
  channel: 'ops',
  expiresAt: 1_800_000_000_000,
} as const;

describe('a signed link', () => {
  it('is read as it was signed, until it is over', () => {
    const token = signLink(key, link);
    expect(token).toMatch(/^[A-Za-z0-9_.-]+$/);
    expect(readLink(key, token, link.expiresAt - 1)).toEqual({ kind: 'link', link });
    expect(readLink(key, token, link.expiresAt)).toEqual({ kind: 'refused', why: 'expired', link });
  });

  it('is refused where anything of it is changed', () => {
    const token = signLink(key, link);
    const other = signLink('another key of the test', link);
    const [, signature] = token.split('.');
    const body = Buffer.from('{"i":"0-other","p":"acknowledge","e":1800000000,"c":"ops"}').toString(
      'base64url',
    );
    for (const forged of [
      '',
      '.',
      other,
      `${body}.${signature}`,
      `${token}.x`,
      token.slice(0, -2),
      `x${token}`,
    ])
      expect(readLink(key, forged, 0)).toEqual({ kind: 'refused', why: 'forged' });
  });
});
